"use strict";
const form = document.forms.decision;
const overall = form.elements.comments;
const problem = document.getElementById("problem");
const fields = [...form.elements].filter((each) => each.tagName === "TEXTAREA");
const typedBefore = fields.map((each) => each.value).join("\n");
let sending = false;

form.addEventListener("submit", (event) => {
  const rejects = event.submitter && event.submitter.value === "rejected";
  if (rejects && fields.every((each) => !each.value.trim())) {
    event.preventDefault();
    problem.hidden = false;
    overall.setAttribute("aria-invalid", "true");
    overall.focus();
    return;
  }
  if (sending) event.preventDefault();
  sending = true;
});
addEventListener("pageshow", () => { sending = false; });
addEventListener("beforeunload", (event) => {
  const typed = fields.map((each) => each.value).join("\n");
  if (!sending && typed !== typedBefore) event.preventDefault();
});
