/* Elementary functions that compilers turn into vector code; see vecmath_base.h for the rules. */
#ifndef CYTORCH_VECMATH_H
#define CYTORCH_VECMATH_H
#include "vecmath_double.h"
#include "vecmath_float.h"
#include "vecmath_special.h"
#endif
