// Swagger UI draws its page piece by piece; each piece gets what assistive technology needs and Swagger UI leaves out.
const attributes = [
  ["#servers", { "aria-label": "Server" }],
  [".body-param__text", { "aria-label": "Request body" }],
  [
    ".body-param input[type=file], .opblock-section-request-body input[type=file]",
    { "aria-label": "File with the request body" },
  ],
  [".microlight", { tabindex: "0" }],
  [".opblock-tag", { "aria-level": "2" }],
];

function complete() {
  for (const [selector, values] of attributes)
    for (const element of document.querySelectorAll(selector))
      for (const [name, value] of Object.entries(values))
        if (!element.hasAttribute(name)) element.setAttribute(name, value);
  // Several tables of answers are on the page: each is named after its operation.
  for (const table of document.querySelectorAll(".responses-table[role=region]:not([aria-label])"))
    table.setAttribute(
      "aria-label",
      `Answers of ${table.id.replace(/_responses$/, "").replaceAll("_", " ")}`,
    );
  // A choice of values is named after its parameter, as Swagger UI does with fields for text.
  for (const select of document.querySelectorAll("tr[data-param-name] select:not([aria-label])"))
    select.setAttribute("aria-label", select.closest("tr").dataset.paramName);
}

complete();
new MutationObserver(complete).observe(document.documentElement, { childList: true, subtree: true });
