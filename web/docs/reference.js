// The page calls the server it came from, whatever name the reader used for it.
const here = new URL(".", location.href);
const local = ["127.0.0.1", "localhost", "[::1]"].includes(location.hostname);
const PLACEHOLDER = "fresh-for-each-try";
const PASSWORD = "a cup of pu-erh";
const words = {
  en: {
    other: "中文", person: "Call as a new customer", busy: "Registering…",
    merchant: "The sandbox's merchant key is filled in.", both: "The sandbox's merchant key and the token of ",
    signedIn: " are filled in.", failed: "That did not work: ",
  },
  zh: {
    other: "English", person: "以新用户身份调用", busy: "正在注册…",
    merchant: "已填入沙箱商户的密钥。", both: "已填入沙箱商户的密钥，以及用户 ",
    signedIn: " 的令牌。", failed: "未成功：",
  },
};
let language = localStorage.getItem("language") === "zh" ? "zh" : "en";
const tokens = {};
let ui;

async function call(method, path, body) {
  const headers = { "Content-Type": "application/json", "Accept-Language": language === "zh" ? "zh-CN" : "en" };
  const answer = await fetch(new URL(path, here), { method, headers, body: body && JSON.stringify(body) });
  const shown = await answer.json();
  if (!answer.ok) throw new Error(shown.detail);
  return shown;
}

// Texts in Chinese stand in the document beside the English ones.
function inLanguage(value) {
  if (Array.isArray(value)) return value.map(inLanguage);
  if (value === null || typeof value !== "object") return value;
  const made = {};
  for (const [key, inner] of Object.entries(value)) if (!/^x-(summary|description)-zh$/.test(key)) made[key] = inLanguage(inner);
  if (language === "zh") {
    for (const key of ["summary", "description"]) if (value[`x-${key}-zh`]) made[key] = value[`x-${key}-zh`];
  }
  return made;
}

function fillIn() {
  for (const [scheme, token] of Object.entries(tokens)) ui.preauthorizeApiKey(scheme, token);
}

function show(document_) {
  const spec = inLanguage(document_);
  spec.servers = [{ url: here.href.replace(/\/$/, "") }];
  spec.components.parameters.IdempotencyKeyRequired.example = PLACEHOLDER;
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  document.getElementById("language").textContent = words[language].other;
  ui = SwaggerUIBundle({
    spec,
    dom_id: "#reference",
    deepLinking: true,
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
    docExpansion: "list",
    filter: true,
    persistAuthorization: false,
    tryItOutEnabled: true,
    validatorUrl: null,
    onComplete: fillIn,
    requestInterceptor: (request) => {
      // Each press of the button is a wish of its own.
      if (request.headers["Idempotency-Key"] === PLACEHOLDER) request.headers["Idempotency-Key"] = fresh();
      return request;
    },
  });
}

function fresh() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function say(text) {
  const line = document.getElementById("sandbox");
  line.hidden = false;
  line.textContent = text;
}

// Somebody new of the sandbox, whose code is read from its inbox.
async function becomeCustomer(button) {
  button.disabled = true;
  say(words[language].busy);
  try {
    const phone = "+86138" + String(crypto.getRandomValues(new Uint32Array(1))[0] % 1e8).padStart(8, "0");
    const begun = await call("POST", "v1/registrations", { phone, password: PASSWORD, consents: ["terms", "privacy"] });
    const inbox = await call("GET", `sandbox/messages?to=${encodeURIComponent(phone)}`);
    const code = inbox.data[0].text.match(/\d{6}/)[0];
    const made = await call("POST", `v1/registrations/${begun.id}/confirm`, { code });
    tokens.customer = made.session.access_token;
    fillIn();
    say(words[language].both + phone + words[language].signedIn);
  } catch (problem) {
    say(words[language].failed + problem.message);
  } finally {
    button.disabled = false;
  }
}

// Only the wallet on the reader's own machine has a sandbox to ask.
async function openSandbox() {
  const sandbox = await call("GET", "sandbox");
  tokens.merchant = sandbox.seeded.merchant_key;
  if (!tokens.merchant) return;
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = words[language].person;
  button.addEventListener("click", () => becomeCustomer(button));
  document.getElementById("tools").append(button);
  say(words[language].merchant);
}

async function begin() {
  const found = await call("GET", "openapi.json");
  if (local) await openSandbox();
  show(found);
  document.getElementById("language").addEventListener("click", () => {
    language = language === "zh" ? "en" : "zh";
    localStorage.setItem("language", language);
    location.reload();
  });
}

begin().catch((problem) => {
  document.getElementById("reference").textContent = `The document could not be loaded: ${problem}`;
});
