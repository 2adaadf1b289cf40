// SPDX-License-Identifier: Apache-2.0
// Variables by name: declared once, met again by every later trace.
#include "graph/module.h"

#include <gtest/gtest.h>

#include "base/expect_error_testing.h"

namespace reckon::reckon_internal::graph {
namespace module_test {

VariableDecl decl(const std::string& name, const TensorType& type, Place place = {}) {
  VariableDecl variable;
  variable.name = name;
  variable.type = type;
  variable.place = place;
  return variable;
}

TEST(Module, NumbersVariablesInTheOrderOfTheirDeclaration) {
  Module module;
  EXPECT_EQ(module.declare(decl("w", {kFloat32, {2}})), 0);
  EXPECT_EQ(module.declare(decl("b", {kFloat32, {}})), 1);
  EXPECT_EQ(module.variable_count(), 2);
  EXPECT_EQ(module.variable(0).name, "w");
  EXPECT_EQ(module.find("b"), 1);
  EXPECT_EQ(module.find("c"), -1);
  EXPECT_EQ(module.variable_names(), (std::vector<std::string>{"b", "w"})) << "sorted";
}

TEST(Module, GivesTheSameVariableToALaterDeclaration) {
  Module module;
  VariableDecl first = decl("w", {kFloat32, {2}}, {"a.cc", 1});
  first.trainable = false;
  first.kind = VariableKind::kStatistic;
  EXPECT_EQ(module.declare(std::move(first)), 0);
  EXPECT_EQ(module.declare(decl("w", {kFloat32, {2}}, {"b.cc", 2})), 0);
  EXPECT_EQ(module.variable_count(), 1);
  EXPECT_FALSE(module.variable(0).trainable) << "the first declaration counts";
  EXPECT_EQ(module.variable(0).kind, VariableKind::kStatistic);
  EXPECT_EQ(module.variable(0).place.line, 1);
}

TEST(Module, RefusesAnotherShapeOrDtypeAndNamesBothPlaces) {
  Module module;
  module.declare(decl("w", {kFloat32, {2, 3}}, {"a.cc", 1}));
  base::expect_error(
      [&] {
        module.declare(decl("w", {kFloat32, {3, 2}}, {"b.cc", 2}));
      },
      ErrorCode::kInvalidArgument,
      "[variable] \"w\" is float32[3, 2] here but float32[2, 3] at a.cc:1, expected one "
      "shape and dtype in every mode and for every input; give the inputs one width, or the "
      "variable "
      "another name. At b.cc:2");
  base::expect_error(
      [&] {
        module.declare(decl("w", {kFloat64, {2, 3}}));
      },
      "\"w\" is float64[2, 3] here but float32[2, 3] at a.cc:1");
  EXPECT_EQ(module.variable_count(), 1);
}

TEST(Module, SaysThatAPlaceIsUnknown) {
  Module module;
  module.declare(decl("w", {kFloat32, {}}));
  base::expect_error(
      [&] {
        module.declare(decl("w", {kInt32, {}}));
      },
      "float32[] at an unknown place");
}

// Declarations are handed out by reference, so they must stay where they are.
TEST(Module, KeepsDeclarationsInTheirPlaces) {
  Module module;
  module.declare(decl("first", {kFloat32, {}}));
  const VariableDecl* first = &module.variable(0);
  for (int i = 0; i < 100; ++i) module.declare(decl(std::to_string(i), {kFloat32, {}}));
  EXPECT_EQ(first, &module.variable(0));
  EXPECT_EQ(first->name, "first");
}

TEST(Module, ForgetsTheLatestVariables) {
  Module module;
  module.declare(decl("kept", {kFloat32, {}}));
  module.declare(decl("a", {kFloat32, {2}}));
  module.declare(decl("b", {kFloat32, {}}));
  module.forget_variables_after(1);
  EXPECT_EQ(module.variable_names(), std::vector<std::string>{"kept"});
  EXPECT_EQ(module.find("a"), -1);
  EXPECT_EQ(module.declare(decl("a", {kFloat32, {3}})), 1) << "of another shape now";
}

TEST(Module, OwnsItsFunctions) {
  Module module;
  Function* main = module.add_function("main");
  Function* other = module.add_function("main");
  EXPECT_NE(main, other);
  EXPECT_EQ(main->module, &module);
  EXPECT_EQ(main->parent, nullptr);
  ASSERT_EQ(module.functions().size(), 2u);
  EXPECT_EQ(module.functions()[1].get(), other);
}

TEST(Module, NamesTheVariablesThatThereAreForOneThatIsNot) {
  Module module;
  module.declare(decl("w", {kFloat32, {2}}));
  module.declare(decl("b", {kFloat32, {}}));
  EXPECT_EQ(module.index_of("variable_value", "b"), 1);
  base::expect_error([&] { module.index_of("variable_value", "c"); }, ErrorCode::kNotFound,
                     "[variable_value] there is no variable \"c\"; there are: b, w");
}

}  // namespace module_test
}  // namespace reckon::reckon_internal::graph
