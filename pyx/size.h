/* Shapes as Python objects. */
#ifndef CYTORCH_SIZE_H
#define CYTORCH_SIZE_H
#include <Python.h>
#include <stdint.h>

/* A tuple subclass is filled in place: its constructor would copy a finished tuple. */
static PyObject *make_size(PyObject *type, int count, const int64_t *sizes) {
  PyObject *result = ((PyTypeObject *)type)->tp_alloc((PyTypeObject *)type, count);
  for (int i = 0; result != NULL && i < count; i++) {
    PyObject *size = PyLong_FromLongLong(sizes[i]);
    if (size == NULL)
      Py_CLEAR(result);
    else
      PyTuple_SET_ITEM(result, i, size);
  }
  return result;
}
#endif
