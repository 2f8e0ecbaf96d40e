/* The callable that stands for an op: `OpFunction` in a module, `OpMethod` in a class.
 *
 * Both hand their arguments to one dispatcher by vectorcall, without a tuple or a dictionary. The
 * method form carries Py_TPFLAGS_METHOD_DESCRIPTOR, so that `x.tanh()` makes no bound method.
 * Cython's own function types cannot be put into the dictionary of a compiled class. */
#ifndef CYTORCH_OP_FUNCTION_H
#define CYTORCH_OP_FUNCTION_H
#include <Python.h>
#include <structmember.h>

typedef struct {
  PyObject_HEAD
  vectorcallfunc vectorcall;
  PyObject *target; /* the Operator */
  PyObject *name, *qualified_name, *doc, *module, *dict;
} OpFunction;

static PyObject *(*op_dispatch)(PyObject *target, PyObject **arguments, Py_ssize_t count,
                                PyObject *names);

static PyObject *op_vectorcall(PyObject *self, PyObject *const *arguments, size_t count,
                               PyObject *names) {
  return op_dispatch(((OpFunction *)self)->target, (PyObject **)arguments,
                     PyVectorcall_NARGS(count), names);
}

static PyObject *op_bind(PyObject *self, PyObject *instance, PyObject *type) {
  (void)type;
  if (instance == NULL || instance == Py_None) return Py_NewRef(self);
  return PyMethod_New(self, instance);
}

static PyObject *op_repr(PyObject *self) {
  return PyUnicode_FromFormat("<built-in function %U>", ((OpFunction *)self)->name);
}

static PyObject *op_reduce(PyObject *self, PyObject *unused) {
  (void)unused;
  return Py_NewRef(((OpFunction *)self)->qualified_name);
}

static PyMemberDef op_members[] = {
    {"__name__", T_OBJECT, offsetof(OpFunction, name), READONLY, NULL},
    {"__qualname__", T_OBJECT, offsetof(OpFunction, qualified_name), READONLY, NULL},
    {"__doc__", T_OBJECT, offsetof(OpFunction, doc), READONLY, NULL},
    {"__module__", T_OBJECT, offsetof(OpFunction, module), 0, NULL},
    {"__dict__", T_OBJECT, offsetof(OpFunction, dict), 0, NULL},
    {"_operator", T_OBJECT, offsetof(OpFunction, target), READONLY, NULL},
    {NULL, 0, 0, 0, NULL}};

static PyMethodDef op_methods[] = {{"__reduce__", op_reduce, METH_NOARGS, NULL},
                                   {NULL, NULL, 0, NULL}};

static PyTypeObject OpFunctionType = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "cytorch.OpFunction",
    .tp_basicsize = sizeof(OpFunction),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL,
    .tp_vectorcall_offset = offsetof(OpFunction, vectorcall),
    .tp_call = PyVectorcall_Call,
    .tp_repr = op_repr,
    .tp_members = op_members,
    .tp_methods = op_methods,
    .tp_dictoffset = offsetof(OpFunction, dict),
    .tp_getattro = PyObject_GenericGetAttr,
};

static PyTypeObject OpMethodType = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "cytorch.OpMethod",
    .tp_basicsize = sizeof(OpFunction),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_METHOD_DESCRIPTOR,
    .tp_vectorcall_offset = offsetof(OpFunction, vectorcall),
    .tp_call = PyVectorcall_Call,
    .tp_descr_get = op_bind,
    .tp_repr = op_repr,
    .tp_members = op_members,
    .tp_methods = op_methods,
    .tp_dictoffset = offsetof(OpFunction, dict),
    .tp_getattro = PyObject_GenericGetAttr,
};

/* Op functions live as long as the process: they are never freed. */
static PyObject *make_op_function(PyObject *target, PyObject *name, PyObject *qualified_name,
                                  PyObject *doc, PyObject *module, int method) {
  PyTypeObject *type = method ? &OpMethodType : &OpFunctionType;
  if (PyType_Ready(type) < 0) return NULL;
  OpFunction *self = PyObject_New(OpFunction, type);
  if (self == NULL) return NULL;
  self->vectorcall = op_vectorcall;
  self->target = Py_NewRef(target);
  self->name = Py_NewRef(name);
  self->qualified_name = Py_NewRef(qualified_name);
  self->doc = Py_NewRef(doc);
  self->module = Py_NewRef(module);
  self->dict = NULL;
  Py_INCREF((PyObject *)self);
  return (PyObject *)self;
}
#endif
