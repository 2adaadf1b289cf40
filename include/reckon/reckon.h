// SPDX-License-Identifier: Apache-2.0
// Everything that users need.
#pragma once

#include <reckon/array.h>
#include <reckon/dataset.h>
#include <reckon/error.h>
#include <reckon/estimator.h>
#include <reckon/graph.h>
#include <reckon/hooks.h>
#include <reckon/initializers.h>
#include <reckon/layers.h>
#include <reckon/logging.h>
#include <reckon/losses.h>
#include <reckon/metrics.h>
#include <reckon/nn.h>
#include <reckon/ops.h>
#include <reckon/optimizers.h>
#include <reckon/random.h>
#include <reckon/schedules.h>
#include <reckon/session.h>
#include <reckon/strings.h>
#include <reckon/summary.h>
