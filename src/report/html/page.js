"use strict";
(() => {
  const form = document.getElementById("filters");
  if (!form) return;
  const status = document.getElementById("status");
  const findings = [...document.querySelectorAll("article.finding")];
  const files = [...document.querySelectorAll("section.file")];
  const marks = [...document.querySelectorAll("mark[data-findings]")].map((m) => [m, m.dataset.findings.split(" ")]);
  const words = new Map(findings.map((f) => [f, f.textContent.toLowerCase()]));
  form.hidden = false;

  const apply = () => {
    const wanted = new FormData(form);
    const severities = new Set(wanted.getAll("severity"));
    const text = wanted.get("words").trim().toLowerCase();
    let shown = 0;
    for (const f of findings) {
      const d = f.dataset;
      const fits = severities.has(d.severity) && (!wanted.get("rule") || wanted.get("rule") === d.rule)
        && (!wanted.get("file") || wanted.get("file") === d.file) && (!text || words.get(f).includes(text));
      f.hidden = !fits;
      shown += fits;
    }
    const visible = new Set(findings.filter((f) => !f.hidden).map((f) => f.id.slice("finding-".length)));
    for (const [mark, numbers] of marks) mark.classList.toggle("off", !numbers.some((n) => visible.has(n)));
    for (const file of files) file.hidden = !file.querySelector("article.finding:not([hidden])");
    status.textContent = shown === findings.length ? `${shown} findings` : `${shown} of ${findings.length} findings`;
  };

  form.addEventListener("input", apply);
  form.addEventListener("submit", (e) => e.preventDefault());
  form.addEventListener("reset", () => setTimeout(apply));

  // A link to a finding that is filtered out shows all again.
  const arrive = () => {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    if (!target || !target.matches("article.finding")) return;
    if (target.hidden) { form.reset(); apply(); }
    target.focus();
  };
  addEventListener("hashchange", arrive);
  // Browsers keep what a form held when a page is loaded again.
  apply();
  arrive();

  document.addEventListener("keydown", (e) => {
    const here = e.target.closest && e.target.closest("article.finding");
    if (!here || e.ctrlKey || e.metaKey || e.altKey || (e.key !== "j" && e.key !== "k")) return;
    const visible = findings.filter((f) => !f.hidden);
    const next = visible[visible.indexOf(here) + (e.key === "j" ? 1 : -1)];
    if (next) { next.focus(); e.preventDefault(); }
  });
})();
