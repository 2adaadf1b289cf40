// SPDX-License-Identifier: Apache-2.0
// A user's own namespaces beside `using namespace reckon`: those that Reckon's sources are made of,
// and such as programs have. Expected output: "own namespaces 120".
#include <reckon/reckon.h>
#include <cstdio>

using namespace reckon;

// H15: Reckon's own namespaces made these ambiguous.
namespace base {
int own() { return 1; }
}  // namespace base
namespace tensor {
int own() { return 2; }
}  // namespace tensor
namespace expr {
int own() { return 3; }
}  // namespace expr
namespace graph {
int own() { return 4; }
}  // namespace graph
namespace kernels {
int own() { return 5; }
}  // namespace kernels
namespace formats {
int own() { return 6; }
}  // namespace formats
namespace ops {
int own() { return 7; }
}  // namespace ops
namespace autodiff {
int own() { return 8; }
}  // namespace autodiff
namespace passes {
int own() { return 9; }
}  // namespace passes
namespace runtime {
int own() { return 10; }
}  // namespace runtime
namespace data {
int own() { return 11; }
}  // namespace data
namespace estimator {
int own() { return 12; }
}  // namespace estimator
namespace internal {
int own() { return 13; }
}  // namespace internal
namespace detail {
int own() { return 14; }
}  // namespace detail
namespace model {
int own() { return 15; }
}  // namespace model

int main() {
  std::printf("own namespaces %d\n",
              base::own() + tensor::own() + expr::own() + graph::own() + kernels::own() +
                  formats::own() + ops::own() + autodiff::own() + passes::own() + runtime::own() +
                  data::own() + estimator::own() + internal::own() + detail::own() + model::own());
}
