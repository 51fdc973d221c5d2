// CSV by RFC 4180, and the bounds of lists and catalogs.
#include "compiler/project/csv.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compiler/base/limits.h"
#include "compiler/project/project.h"

namespace trig::project {
namespace {

using Lines = std::vector<std::vector<std::string>>;

Lines read(std::string_view text, std::string* problem = nullptr) {
  CsvReader reader(text);
  CsvRecord record;
  Lines lines;
  while (reader.next(record)) {
    lines.emplace_back();
    for (const CsvCell& cell : record.cells) lines.back().push_back(cell.text);
  }
  std::string found = reader.problem() ? fmt::format("{}-{} {}", reader.problem()->begin,
                                                     reader.problem()->end, reader.problem()->what)
                                       : std::string();
  if (problem != nullptr)
    *problem = found;
  else
    EXPECT_EQ(found, "") << text;
  return lines;
}

TEST(Csv, FieldsLinesAndQuotes) {
  EXPECT_EQ(read("a,b\r\nc,d\r\n"), (Lines{{"a", "b"}, {"c", "d"}}));
  EXPECT_EQ(read("a,b\nc,d"), (Lines{{"a", "b"}, {"c", "d"}}));
  EXPECT_EQ(read("a,,\n,,c\n"), (Lines{{"a", "", ""}, {"", "", "c"}}));
  EXPECT_EQ(read("\"a,b\",\"c\"\"d\"\n"), (Lines{{"a,b", "c\"d"}}));
  EXPECT_EQ(read("\"two\r\nlines\",x\n"), (Lines{{"two\r\nlines", "x"}}));
  EXPECT_EQ(read("\"\",x\n"), (Lines{{"", "x"}}));
  EXPECT_EQ(read(" a , b \n"), (Lines{{" a ", " b "}})) << "blanks belong to a field";
}

TEST(Csv, ByteOrderMarkAndEmptyLinesAreSkipped) {
  EXPECT_EQ(read("\xef\xbb\xbf"
                 "a,b\n\n\r\nc,d\n\n"),
            (Lines{{"a", "b"}, {"c", "d"}}));
  EXPECT_EQ(read(""), Lines{});
  EXPECT_EQ(read("\n\n"), Lines{});
}

TEST(Csv, ProblemsHaveTheirPlace) {
  std::string problem;
  EXPECT_EQ(read("a\nb\"c\n", &problem), (Lines{{"a"}}));
  EXPECT_THAT(problem, testing::StartsWith("3-4 a field with a quote in it"));
  EXPECT_EQ(read("a\n\"b", &problem), (Lines{{"a"}}));
  EXPECT_EQ(problem, "2-3 this quote is not closed");
  EXPECT_EQ(read("a\n\"b\"c\n", &problem), (Lines{{"a"}}));
  EXPECT_THAT(problem, testing::StartsWith("5-6 a comma"));
}

TEST(Csv, OnlyUtf8) {
  std::string problem;
  EXPECT_EQ(read("é,日本,😀\n", &problem), (Lines{{"é", "日本", "😀"}}));
  EXPECT_EQ(problem, "");
  for (std::string bad : {"\xff", "\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                          "\xe2\x82", "\xf0\x80\x80\x80"}) {
    EXPECT_EQ(read("a\n" + bad + "\n", &problem), (Lines{{"a"}})) << bad;
    EXPECT_THAT(problem, testing::EndsWith("this is not UTF-8"));
  }
}

TEST(Csv, AFieldHasABound) {
  std::string problem;
  read(std::string(kMaxCellBytes, 'x') + "\n", &problem);
  EXPECT_EQ(problem, "");
  read(std::string(kMaxCellBytes + 1, 'x') + "\n", &problem);
  EXPECT_THAT(problem, testing::HasSubstr("a field of more than"));
}

std::unique_ptr<Project> with_list(std::string csv) {
  return compile({{"trig.toml", "name = \"shop\"\n"},
                  {"shop.trig",
                   "person { email: email key }\n"
                   "list vip from \"lists/vip.csv\" by email\n"},
                  {"lists/vip.csv", std::move(csv)}});
}

TEST(Tables, AFileGivesUpAfterItsFirstMistakes) {
  std::string csv = "email\n";
  for (int i = 0; i < 100; ++i) csv += "nobody\n";
  EXPECT_EQ(with_list(csv)->diagnostics.error_count(), kMaxTableErrors);
}

TEST(Tables, RowsHaveABound) {
  std::string csv = "email\n";
  for (std::size_t i = 0; i < kMaxTableRows; ++i) csv += "a@b.c\n";
  auto project = with_list(csv);
  EXPECT_FALSE(project->diagnostics.has_errors());
  EXPECT_EQ(project->program.tables[0].rows->size(), 1u);
  project = with_list(csv + "a@b.c\n");
  ASSERT_EQ(project->diagnostics.error_count(), 1u);
  EXPECT_EQ(info_of(project->diagnostics.all()[0].code).code, "E0330");
}

TEST(Tables, TheRowsOfOnePersonHaveABound) {
  auto with_rows = [](std::size_t count) {
    std::string csv = "email,id\n";
    for (std::size_t i = 0; i < count; ++i) csv += fmt::format("a@b.c,{}\n", i);
    project::Files files;
    files["trig.toml"] = "name = \"tables\"\n";
    files["lists/rows.csv"] = csv + "b@b.c,1\n";
    files["a.trig"] =
        "person { email: email key }\nlist items from \"lists/rows.csv\" by email { id: text }\n";
    return project::compile(files);
  };
  EXPECT_FALSE(with_rows(kMaxRowsPerPerson)->diagnostics.has_errors());
  auto project = with_rows(kMaxRowsPerPerson + 1);
  ASSERT_EQ(project->diagnostics.error_count(), 1u);
  EXPECT_EQ(info_of(project->diagnostics.all()[0].code).code, "E0330");
}

TEST(Tables, TheirTextIsLetGoAndTheirVersionIsThatOfTheText) {
  auto project = with_list("email\nana@example.com\n");
  EXPECT_FALSE(project->files.contains("lists/vip.csv"));
  auto same = with_list("email\nana@example.com\n");
  auto other = with_list("email\nben@example.com\n");
  EXPECT_EQ(project->program.tables[0].rows->version(), same->program.tables[0].rows->version());
  EXPECT_NE(project->program.tables[0].rows->version(), other->program.tables[0].rows->version());
  EXPECT_EQ(project->program.hash, other->program.hash) << "rows are no part of a version";
  auto stored = compile_stored(project->files);
  EXPECT_FALSE(stored->diagnostics.has_errors());
  EXPECT_EQ(stored->program.tables[0].rows, nullptr);
}

}  // namespace
}  // namespace trig::project
