// Looks again while a customer is waited for. The page is left alone until it says something else, so that whoever reads it, or has it
// read aloud, keeps their place; then the line that says how it stands is told. Without scripts the page is loaded anew instead.
const PAUSE = 5000;

async function look() {
  let waits = true;
  try {
    const answer = document.hidden ? null : await fetch(location.href, { headers: { "Accept-Language": document.documentElement.lang } });
    if (answer?.ok) waits = renew(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch {
    // No network for a moment: what is shown stays, and it is asked for again.
  }
  if (waits) setTimeout(look, PAUSE);
}

// Takes over what the newer page says; whether it waits as well.
function renew(page) {
  for (const id of ["code", "state"]) {
    const [shown, now] = [document.getElementById(id), page.getElementById(id)];
    if (now && shown.innerHTML !== now.innerHTML) shown.innerHTML = now.innerHTML;
  }
  return page.querySelector("script") !== null;
}

setTimeout(look, PAUSE);
