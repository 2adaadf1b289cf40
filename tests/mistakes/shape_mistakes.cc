// SPDX-License-Identifier: Apache-2.0
// Mistakes with shapes and axes.
#include "mistakes/example.h"
#include "mistakes/table.h"

namespace reckon::mistakes {

Rows shape_mistakes() {
  Rows rows("Shapes");
  rows.add({.name = "SwappedMatmul",
            .description = "`matmul` with its arguments exchanged",
            .came = "a is float32[4, 3], b is float32[8, 4]",
            .expected = "a.shape[-1] must equal b.shape[0]",
            .mend = "exchange the two arguments",
            .line = "matmul(w, x)"},
           [] {
             Graph graph;
             GraphScope scope(graph);
             const Tensor x = placeholder(kFloat32, {kUnknown, 4});
             const Tensor w = variable("w", {4, 3}, initializers::glorot_uniform());
             const Tensor y = matmul(w, x);
             evaluate_now(y, {{x, Array::zeros(kFloat32, {8, 4})}});
           });
  rows.add({.name = "VectorInMatmul",
            .description = "A vector in `matmul`",
            .came = "a is float32[4, 3], b is float32[3]",
            .expected = "both need two dimensions or more",
            .mend = "use matvec",
            .line = "matmul(w, v)"},
           [] {
             Graph graph;
             GraphScope scope(graph);
             const Tensor w = ones({4, 3}), v = ones({3});
             matmul(w, v);
           });
  rows.add({.name = "SumOfOtherShapes",
            .description = "Adding what does not broadcast",
            .came = "shapes [4, 3] and [4] do not broadcast",
            .expected = "each dimension must be equal or 1",
            .mend = "reshape one of them",
            .line = "a + b"},
           [] {
             Graph graph;
             GraphScope scope(graph);
             const Tensor a = ones({4, 3}), b = ones({4});
             a + b;
           });
  rows.add({.name = "ConcatAlongTheWrongAxis",
            .description = "`concat` along the wrong axis",
            .came = "a part is float32[?, 3] but the first is float32[?, 2]",
            .expected = "they must agree in every dimension but axis 0",
            .mend = "join along axis 1",
            .line = "concat({a, b}, 0)"},
           [] {
             Graph graph;
             GraphScope scope(graph);
             const Tensor a = placeholder(kFloat32, {kUnknown, 2});
             const Tensor b = placeholder(kFloat32, {kUnknown, 3});
             concat({a, b}, 0);
           });
  rows.add({.name = "ReshapeThatDoesNotFit",
            .description = "`reshape` to another number of elements",
            .came = "x is float32[2, 3], the new shape is [2, 2]",
            .expected = "the number of elements must stay",
            .mend = "change the new shape",
            .line = "reshape(x"},
           [] {
             Graph graph;
             GraphScope scope(graph);
             const Tensor x = ones({2, 3});
             reshape(x, {2, 2});
           });
  rows.add({.name = "AxisNotThere",
            .description = "An axis that is not there",
            .came = "there is no axis 2 in x, float32[?, 3]",
            .expected = "axes of it are in [-2, 2)",
            .mend = "pass one of these",
            .line = "reduce_mean(x, 2)"},
           [] {
             Graph graph;
             GraphScope scope(graph);
             const Tensor x = placeholder(kFloat32, {kUnknown, 3});
             reduce_mean(x, 2);
           });
  rows.add({.name = "VariableOfUnknownSize",
            .description = "A variable in the size of the batch",
            .came = "\"w\" would be float32[?, 3]",
            .expected = "expected known extents",
            .mend = "write every dimension out as a number",
            .line = "variable(\"w\", {-1, 3}"},
           [] {
             Graph graph;
             GraphScope scope(graph);
             variable("w", {-1, 3}, initializers::zeros());
           });
  rows.add({.name = "ZerosInTheSizeOfTheBatch",
            .description = "Zeros in the size of the batch",
            .came = "shape is [?, 8]",
            .expected = "expected a number for every dimension",
            .mend = "zeros_like(reduce_sum(x, -1, {.keep_dims = true})) + zeros({units})",
            .line = "zeros({x.shape()[0], 8})"},
           [] {
             Graph graph;
             GraphScope scope(graph);
             const Tensor x = placeholder(kFloat32, {kUnknown, 4});
             zeros({x.shape()[0], 8});
           });
  rows.add({.name = "SqueezeOfAWideAxis",
            .description = "`squeeze` of an axis that is not 1",
            .came = "axis -1 of float32[?, 3] has extent 3",
            .expected = "expected 1",
            .mend = "leave it out",
            .line = "squeeze(x"},
           [] {
             Graph graph;
             GraphScope scope(graph);
             const Tensor x = placeholder(kFloat32, {kUnknown, 3});
             squeeze(x, {-1});
           });
  rows.add({.name = "PermutationOfTooFew",
            .description = "`transpose` that leaves an axis out",
            .came = "the permutation is [1, 0] but x is float32[2, 3, 4]",
            .expected = "each axis in [0, 3) once",
            .mend = "name each axis",
            .line = "transpose(x"},
           [] {
             Graph graph;
             GraphScope scope(graph);
             const Tensor x = ones({2, 3, 4});
             transpose(x, std::vector<int>{1, 0});
           });
  rows.add({.name = "IdOutsideOfATable",
            .description = "An id that an embedding has no row for",
            .came = "index 100",
            .expected = "is not in [0, 100)",
            .mend = "give the table more rows, or correct the index",
            .line = "gather(table, ids)"},
           [] {
             Graph graph;
             GraphScope scope(graph);
             const Tensor table = variable("table", {100, 8}, initializers::random_normal());
             const Tensor ids = placeholder(kInt64, {kUnknown});
             const Tensor rows = gather(table, ids);
             evaluate_now(rows, {{ids, Array::from<int64_t>({1, 100}, {2})}});
           });
  rows.add({.name = "FractionBesideIntegers",
            .description = "A fraction beside integers",
            .came = "the number 0.5 stands beside a tensor of int64",
            .expected = "which holds no fractions",
            .mend = "cast the tensor to float32 first",
            .line = "x * 0.5"},
           [] {
             Graph graph;
             GraphScope scope(graph);
             const Tensor x = placeholder(kInt64, {kUnknown});
             x * 0.5;
           });
  rows.add({.name = "ItemOfMany",
            .description = "`item` of an Array of several elements",
            .came = "float32[3] has 3 elements",
            .expected = "item() reads the only one",
            .mend = "use at(index) or data()",
            .line = ".item<float>()"},
           [] {
             const Array values = Array::from<float>({1, 2, 3}, {3});
             values.item<float>();
           });
  rows.add({.name = "ArrayReadAsAnotherType",
            .description = "An Array read as another type",
            .came = "int64[3] was read as float32",
            .expected = "the C++ type of int64",
            .mend = "one by one with at<T>(), which converts",
            .line = ".data<float>()"},
           [] {
             const Array values = Array::from<int64_t>({1, 2, 3}, {3});
             values.data<float>();
           });
  return rows;
}

}  // namespace reckon::mistakes
