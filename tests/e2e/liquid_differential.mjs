// Templates made from a seed, rendered by liquidjs: cases in the schema of golden_liquid, with what
// liquidjs printed as the result.
//
//   node liquid_differential.mjs --seed N --cases N > cases.json
//
// What is made keeps off the differences that docs/reference/liquid-differences.md lists, since there
// the result is known to be another one; `--differences` gives the cases of that page instead, each
// with what liquidjs prints, so that the page can be held against it.
import { Liquid } from "liquidjs";
import { DIFFERENCES } from "./liquid_differences.mjs";

const engine = new Liquid({ strictFilters: true, jekyllInclude: false });

// mulberry32: small, seeded, the same everywhere.
function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

class Maker {
  constructor(seed) {
    this.random = randomFrom(seed);
    this.names = 0;
  }

  below(n) { return Math.floor(this.random() * n); }
  one(...items) { return items[this.below(items.length)]; }
  number() { return this.one(0, 1, 2, 3, 7, 12, 100, -1, -5); }
  word() { return this.one("apple", "Banana", "cherry pie", "a<b", "x & y", " spaced ", "", "ä ö", "10"); }
  quoted() { return `"${this.word()}"`; }

  data() {
    return {
      n: this.number(), m: this.number(), s: this.word(), t: this.word(), yes: true, no: false,
      list: Array.from({ length: this.below(5) }, () => this.number()),
      words: Array.from({ length: this.below(5) }, () => this.one("pear", "fig", "plum", "fig")),
      items: Array.from({ length: this.below(4) }, (_, i) => (
        { id: i, name: this.word(), price: this.number(), on: this.one(true, false) })),
      person: { name: this.word(), age: this.number() },
    };
  }

  // Expressions by what they give.
  numberOf(depth) {
    const base = this.one("n", "m", String(this.number()), "person.age", "list.size", "words.size");
    if (depth <= 0) return base;
    return `${base} | ${this.one(
      `plus: ${this.number()}`, `minus: ${this.number()}`, `times: ${this.number()}`, "abs",
      `at_least: ${this.number()}`, `at_most: ${this.number()}`, "floor", "ceil",
      `abs | modulo: ${this.one(2, 3, 7)}`)}`;
  }

  textOf(depth) {
    let text = this.one("s", "t", "person.name", this.quoted());
    for (let i = this.below(depth + 1); i > 0; i--) text += ` | ${this.textFilter()}`;
    return text;
  }

  textFilter() {
    return this.one(
      "upcase", "downcase", "capitalize", "strip", "lstrip", "rstrip", "escape", "escape_once",
      "strip_html", "strip_newlines", "newline_to_br", `append: ${this.quoted()}`,
      `prepend: ${this.quoted()}`, `replace: "a", "o"`, `replace_first: "a", "o"`, `remove: "a"`,
      `remove_first: "a"`, `truncate: ${this.one(4, 6, 10)}`, `prepend: "b c d " | truncatewords: 2`,
      `slice: ${this.one(0, 1, 2)}, ${this.one(1, 2, 3)}`, `slice: -1, 2`, "url_decode");
  }

  listOf() {
    let list = this.one("list", "words", `"c,a,b" | split: ","`, `"b a b" | split: " "`);
    for (let i = this.below(3); i > 0; i--)
      list += ` | ${this.one("reverse", "uniq", "compact", "sort", "concat: words")}`;
    // Numbers and texts in one list have no order.
    if (list.includes("concat") || list.startsWith("list")) list = list.replaceAll(" | sort", "");
    return list;
  }

  output(depth) {
    return `{{ ${this.one(
      () => this.numberOf(depth), () => this.textOf(depth), () => `${this.listOf()} | join: "-"`,
      () => `${this.listOf()} | size`, () => `items | map: "id" | join: ","`,
      () => `items | where: "on", true | map: "name" | join: "+"`, () => "yes", () => "no",
      () => `missing | default: ${this.quoted()}`, () => `list | sum`, () => "words | first",
      () => "words | last", () => `items | map: "price" | sum`)()} }}`;
  }

  condition() {
    const simple = () => this.one(
      () => `n ${this.one("==", "!=", "<", ">", "<=", ">=")} ${this.number()}`,
      () => `s == ${this.quoted()}`, () => "yes", () => "no", () => "missing",
      () => `words contains "fig"`, () => `s contains "a"`, () => "list == empty",
      () => "s == blank", () => "person.name", () => "missing == nil")();
    return this.one(simple, simple, () => `${simple()} ${this.one("and", "or")} ${simple()}`)();
  }

  loop(depth) {
    const range = this.one("list", "words", "(1..3)", "(1..words.size)", "items");
    const name = `v${this.names++}`;
    const limits = this.one("", "", ` limit: ${this.below(3)}`, ` offset: ${this.below(2)}`,
      ` limit: 2 offset: 1`) + this.one("", "", " reversed");
    const inside = range === "items" ? `{{ ${name}.name }}` : `{{ ${name} }}`;
    const about = this.one("", "{{ forloop.index }}", "{{ forloop.first }}", "{{ forloop.rindex0 }}",
      "{{ forloop.length }}", "{% if forloop.last %}.{% endif %}", `{% cycle "a", "b" %}`);
    const leave = this.one("", "", "", `{% if forloop.index == 2 %}{% ${this.one("break", "continue")} %}{% endif %}`);
    const otherwise = limits.includes(":") ? "" : this.one("", "{% else %}none");
    return `{% for ${name} in ${range}${this.fixed(limits)} %}.${leave}${inside}${about}` +
      `${this.block(depth - 1)}${otherwise}{% endfor %}`;
  }

  // `reversed` is written first: behind a limit its meaning differs.
  fixed(limits) {
    return limits.endsWith(" reversed") && limits !== " reversed" ? limits.slice(0, -9) : limits;
  }

  node(depth) {
    const text = () => this.one("text ", "<p>", "\n", "  ", "x");
    if (depth <= 0) return this.one(text, () => this.output(1))();
    const dash = (open, body, close) => `${open}${this.one("", "", "-")} ${body} ${this.one("", "", "-")}${close}`;
    return this.one(
      text, () => this.output(depth), () => this.output(depth),
      () => `{% if ${this.condition()} %}${this.block(depth - 1)}` +
        this.one("", `{% elsif ${this.condition()} %}E`, "") + this.one("", "{% else %}F") + "{% endif %}",
      () => `{% unless ${this.condition()} %}${this.block(depth - 1)}{% endunless %}`,
      () => `{% case n %}{% when 0 %}zero{% when 1, 2 %}few{% else %}${this.block(depth - 1)}{% endcase %}`,
      () => this.loop(depth),
      () => `${dash("{%", `assign z = ${this.textOf(depth)}`, "%}")}[{{ z }}]`,
      () => `{% capture z %}${this.block(depth - 1)}{% endcapture %}[{{ z }}]`,
      () => "{% comment %}gone {{ n }}{% endcomment %}", () => "{% raw %}{{ n }}{% endraw %}",
      () => "{% increment counter %}", () => "{% decrement counter %}",
      () => ` ${dash("{{", "n", "}}")} `,
      () => `{%- if yes -%} trimmed {%- endif -%} `)();
  }

  block(depth) {
    let text = ".";  // a block of blanks alone is another difference
    for (let i = 1 + this.below(3); i > 0; i--) text += this.node(depth);
    return text;
  }
}

function settled(name, template, data) {
  try {
    return { name, template, data, result: engine.parseAndRenderSync(template, structuredClone(data)) };
  } catch {
    return { name, template, data, invalid: true };
  }
}

function main() {
  const given = process.argv.slice(2);
  const option = (name, otherwise) => {
    const at = given.indexOf(name);
    return at < 0 ? otherwise : Number(given[at + 1]);
  };
  const seed = option("--seed", 1);
  const tests = given.includes("--differences")
    ? DIFFERENCES.map((d) => ({ ...settled(d.name, d.template, d.data ?? {}), ours: d.ours }))
    : Array.from({ length: option("--cases", 1000) }, (_, i) => {
      const maker = new Maker(seed * 1_000_003 + i);
      const data = maker.data();
      return settled(`seed ${seed}, case ${i}`, maker.block(3), data);
    });
  process.stdout.write(JSON.stringify({ tests }, null, 1));
}

main();
