// SPDX-License-Identifier: Apache-2.0
// Every op of the namespace reckon, named as NumPy and TensorFlow name them.
#pragma once

#include <reckon/control_flow.h>
#include <reckon/linalg.h>
#include <reckon/math.h>
#include <reckon/reduce.h>
#include <reckon/rows.h>
#include <reckon/shape_ops.h>
