// Programs as bytes, and projects found by their files: what comes out is what went in.
#include "compiler/project/program_cache.h"

#include <gtest/gtest.h>

#include <random>

#include "compiler/diagnostics/render.h"
#include "compiler/ir/codec.h"
#include "compiler/liquid/mail_template.h"
#include "tests/support/temp_folder.h"
#include "tests/tools/example_texts.h"
#include "tests/tools/files_in_comments.h"

namespace trig::project {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPlenty = 64 << 20;

std::string text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// Every text of the repository that is a project by itself.
std::vector<std::unique_ptr<Project>> sound_projects() {
  std::vector<std::unique_ptr<Project>> sound;
  for (const golden::ExampleText& example : golden::clean_example_texts()) {
    const std::string whole = text_of(fs::path(TRIG_SOURCE_DIR) / example.path);
    Files files = golden::files_in_comments(whole);
    files["trig.toml"] = golden::settings_for(whole, "Europe/Paris");
    files["project.trig"] = example.text;
    files.merge(golden::mails_for(whole));
    auto project = compile(std::move(files));
    if (!project->diagnostics.has_errors()) sound.push_back(std::move(project));
  }
  for (const char* name : {"shop", "saas", "bank", "travel"}) {
    auto project = load(std::string(TRIG_SOURCE_DIR) + "/examples/" + name);
    EXPECT_FALSE((*project)->diagnostics.has_errors()) << name;
    sound.push_back(std::move(*project));
  }
  return sound;
}

void expect_same(const ir::Program& a, const ir::Program& b) {
  EXPECT_EQ(ir::dump(a), ir::dump(b));
  EXPECT_EQ(a.hash, b.hash);
  EXPECT_EQ(ir::content_hash(a), ir::content_hash(b));
}

TEST(ProgramCodec, GivesBackEveryProgramOfTheRepository) {
  std::size_t scenarios = 0;
  for (const auto& project : sound_projects()) {
    const std::string bytes = ir::encode(project->program);
    ByteReader reader(bytes);
    auto again = ir::decode_program(reader);
    ASSERT_TRUE(again) << project->program.project;
    EXPECT_TRUE(reader.at_end());
    expect_same(project->program, *again);
    scenarios += project->program.tests.empty() ? 0 : 1;
  }
  RecordProperty("scenarios", static_cast<int>(scenarios));
  EXPECT_GE(scenarios, 40u) << "the stories of tests/scenario are among them";
}

// The checksum of a file is no reason to trust what is in it.
TEST(ProgramCodec, DamagedBytesAreNoProgramOrAnotherOne) {
  auto project = load(std::string(TRIG_SOURCE_DIR) + "/examples/shop");
  const std::string whole = ir::encode((*project)->program);
  std::mt19937 dice(1);
  std::size_t refused = 0;
  constexpr int kTimes = 3'000;
  for (int i = 0; i < kTimes; ++i) {
    std::string damaged = whole;
    for (unsigned flips = 1 + dice() % 3; flips > 0; --flips)
      damaged[dice() % damaged.size()] = static_cast<char>(dice());
    if (dice() % 8 == 0) damaged.resize(dice() % damaged.size());
    ByteReader reader(damaged);
    if (!ir::decode_program(reader)) ++refused;
  }
  EXPECT_GT(refused, 500u);
  for (std::size_t size = 0; size < 200; ++size) {
    ByteReader reader(std::string_view(whole).substr(0, size));
    EXPECT_FALSE(ir::decode_program(reader));
  }
}

struct Shop {
  Shop() : cache(FileCache::open(folder.path("cache"), kPlenty)), programs(cache) {}

  std::unique_ptr<Project> checked() const {
    auto project = compile(files);
    EXPECT_FALSE(project->diagnostics.has_errors())
        << render_text(project->diagnostics, project->sources, {});
    return project;
  }

  TempFolder folder;
  std::shared_ptr<FileCache> cache;
  ProgramCache programs;
  Files files = {
      {"trig.toml", "name = \"shop\"\n[[senders]]\nname = \"shop\"\naddress = \"a@b.example\"\n"},
      {"lists/vip.csv", "email\nana@example.com\n"},
      {"templates/partials/foot.liquid", "<p>Foot of {{ shop }}</p>"},
      {"templates/hello.html.liquid",
       "---\nsubject: Hello {{ name }}\nclass: transactional\n---\n<p>{{ name }}</p>"
       "{% render 'foot', shop: name %}\n"},
      {"templates/hello.fr.html.liquid",
       "---\nsubject: Bonjour {{ name }}\nclass: transactional\n---\n<p>{{ name }}</p>\n"},
      {"shop.trig",
       "event seen { name: text }\nperson { email: email key  language: language? }\n"
       "list vip from \"lists/vip.csv\" by email\n"
       "template hello(name: text) from \"templates/hello.html.liquid\"\n"
       "policy p { consent not needed }\n"
       "campaign c { policy p  on seen where person in vip  send hello(name: trigger.name) }\n"},
  };
};

std::string rendered(const Project& project, const std::vector<std::string>& languages) {
  liquid::Scope scope;
  scope.arguments.emplace_back("name", liquid::Data::text("Ana", liquid::Trust::kData));
  liquid::RenderOptions options;
  options.partials = project.partials;
  options.sources = &project.sources;
  auto mail = liquid::render_mail(*project.templates.at(0).best_for(languages), scope, options);
  return mail ? mail->subject + "\n" + mail->html : mail.error().message;
}

TEST(ProgramCache, AProjectIsFoundWithAllThatRunsIt) {
  Shop shop;
  EXPECT_EQ(shop.programs.find(shop.files, true), nullptr);
  auto checked = shop.checked();
  EXPECT_FALSE(checked->from_cache);
  shop.programs.keep(*checked);
  auto found = shop.programs.find(shop.files, true);
  ASSERT_NE(found, nullptr);
  EXPECT_TRUE(found->from_cache);
  expect_same(found->program, checked->program);
  EXPECT_EQ(found->files, checked->files);
  EXPECT_EQ(found->config.senders.at(0).address, "a@b.example");
  ASSERT_NE(found->program.tables.at(0).rows, nullptr);
  EXPECT_TRUE(found->program.tables.at(0).rows->find("ana@example.com"));
  for (const std::vector<std::string>& languages : {{}, std::vector<std::string>{"fr"}})
    EXPECT_EQ(rendered(*found, languages), rendered(*checked, languages));
  EXPECT_NE(rendered(*found, {}).find("Foot of Ana"), std::string::npos);
  const TextRange place = found->program.campaigns.at(0).range;
  EXPECT_EQ(found->sources.text_of(place), checked->sources.text_of(place));
  // As the engine asks for an older program: its rows are the newest program's.
  auto stored = shop.programs.find(checked->files, false);
  ASSERT_NE(stored, nullptr);
  EXPECT_EQ(stored->program.tables.at(0).rows, nullptr);
}

TEST(ProgramCache, EveryFileCountsButRows) {
  Shop shop;
  shop.programs.keep(*shop.checked());
  for (const char* path : {"trig.toml", "shop.trig", "templates/partials/foot.liquid"}) {
    Files other = shop.files;
    other[path] += "\n";
    EXPECT_EQ(shop.programs.find(other, true), nullptr) << path;
  }
  Files renamed = shop.files;
  renamed["also.trig"] = "";
  EXPECT_EQ(shop.programs.find(renamed, true), nullptr);
  shop.files["lists/vip.csv"] = "email\nbea@example.com\n";
  auto found = shop.programs.find(shop.files, true);
  ASSERT_NE(found, nullptr);
  EXPECT_TRUE(found->program.tables.at(0).rows->find("bea@example.com"));
  EXPECT_FALSE(found->program.tables.at(0).rows->find("ana@example.com"));
  shop.files["lists/vip.csv"] = "email\nnobody\n";
  EXPECT_EQ(shop.programs.find(shop.files, true), nullptr) << "the whole chain says what is wrong";
}

TEST(ProgramCache, LoadAsksItFirst) {
  Shop shop;
  for (const auto& [path, text] : shop.files) shop.folder.write("project/" + path, text);
  int asked = 0;
  auto load_it = [&] {
    LoadOptions options;
    options.find_checked = [&](const Files& files) {
      ++asked;
      return shop.programs.find(files, true);
    };
    return std::move(*load(shop.folder.path("project"), options));
  };
  auto first = load_it();
  EXPECT_FALSE(first->from_cache);
  shop.programs.keep(*first);
  auto second = load_it();
  EXPECT_TRUE(second->from_cache);
  EXPECT_EQ(second->root, shop.folder.path("project"));
  EXPECT_EQ(asked, 2);
}

TEST(ProgramCache, WrongProjectsAndMjmlAreNotKept) {
  Shop shop;
  Files wrong = shop.files;
  wrong["shop.trig"] += "campaign d { policy q }\n";
  shop.programs.keep(*compile(wrong));
  EXPECT_EQ(shop.programs.find(wrong, true), nullptr);
  Files mjml = shop.files;
  mjml["templates/other.mjml.liquid"] = "---\nsubject: x\n---\n<mjml></mjml>\n";
  mjml["templates/other.mjml.liquid.html"] = "<p></p>";
  auto made = compile(mjml);
  EXPECT_FALSE(made->diagnostics.has_errors());
  shop.programs.keep(*made);
  EXPECT_EQ(shop.programs.find(mjml, true), nullptr);
  EXPECT_TRUE(fs::is_empty(shop.folder.path("cache")));
  ProgramCache none(nullptr);
  none.keep(*shop.checked());
  EXPECT_EQ(none.find(shop.files, true), nullptr);
}

}  // namespace
}  // namespace trig::project
