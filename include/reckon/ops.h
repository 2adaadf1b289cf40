// SPDX-License-Identifier: Apache-2.0
// Every op of the namespace reckon, named as NumPy and TensorFlow name them.
#pragma once

#include <reckon/array_ops.h>
#include <reckon/control_flow.h>
#include <reckon/linalg.h>
#include <reckon/math_ops.h>
