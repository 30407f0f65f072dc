// What a reader of a guide does: copies a sample, and points at a part of the page. Without this script both are read all the same.
const words = {
  en: { copy: "Copy", copied: "Copied", failed: "Press Ctrl+C", part: "Link to this part" },
  "zh-CN": { copy: "复制", copied: "已复制", failed: "请按 Ctrl+C", part: "本节链接" },
}[document.documentElement.lang] ?? {};

function mark(sample) {
  const selected = getSelection();
  selected.removeAllRanges();
  const range = document.createRange();
  range.selectNodeContents(sample);
  selected.addRange(range);
}

async function copy(sample, button) {
  try {
    await navigator.clipboard.writeText(sample.textContent);
    button.textContent = words.copied;
  } catch {
    // No clipboard for a page that came over plain HTTP: it is marked, so that the keyboard copies it.
    mark(sample);
    button.textContent = words.failed;
  }
  setTimeout(() => { button.textContent = words.copy; }, 2000);
}

if (words.copy) {
  for (const sample of document.querySelectorAll("main pre")) {
    const box = document.createElement("div");
    box.className = "sample";
    sample.replaceWith(box);
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = words.copy;
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", () => copy(sample.querySelector("code") ?? sample, button));
    box.append(sample, button);
  }
  for (const heading of document.querySelectorAll("main h2[id], main h3[id]")) {
    const link = document.createElement("a");
    link.className = "anchor";
    link.href = `#${heading.id}`;
    link.textContent = "#";
    link.setAttribute("aria-label", `${words.part}: ${heading.textContent}`);
    heading.append(link);
  }
}
