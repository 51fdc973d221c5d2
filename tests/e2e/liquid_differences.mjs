// Where liquidjs and trig print different things, on purpose: docs/reference/liquid-differences.md has a
// row for each, by its name.
export const DIFFERENCES = [
  { name: "truncatewords at the exact count",
    template: `{{ "one two" | truncatewords: 2 }}`, ours: "one two" },
  { name: "for … else when a limit leaves nothing",
    template: `{% for x in list limit: 0 %}{{ x }}{% else %}none{% endfor %}`,
    data: { list: [1] }, ours: "none" },
  { name: "for … else when an offset leaves nothing",
    template: `{% for x in list offset: 1 %}{{ x }}{% else %}none{% endfor %}`,
    data: { list: [1] }, ours: "none" },
  { name: "a block of blanks alone", template: `[{% if true %}  {% endif %}]`, ours: "[]" },
  { name: "a whole float", template: `{{ 4.0 }}`, ours: "4.0" },
  { name: "a product of floats", template: `{{ 1.5 | times: 2 }}`, ours: "3.0" },
  { name: "dividing integers", template: `{{ 7 | divided_by: 2 }}`, ours: "3" },
  { name: "the size of a number", template: `{{ 5 | size }}`, ours: "8" },
  { name: "sort with missing values",
    template: `{{ list | sort | join: "," }}`, data: { list: [3, null, 1] }, ours: "1,3," },
  { name: "comparing a text with a number", template: `{% if "10" < 9 %}A{% else %}B{% endif %}`,
    ours: "Liquid error (line 1): cannot compare text with a number" },
  { name: "truncatewords of a text that begins with a blank",
    template: `{{ " one two three" | truncatewords: 2 }}`, ours: "one two..." },
  { name: "modulo of a negative number", template: `{{ -5 | modulo: 7 }}`, ours: "2" },
];
