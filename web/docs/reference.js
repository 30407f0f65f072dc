// The page calls the server it came from, whatever name the reader used for it.
const here = new URL(".", location.href);
const local = ["127.0.0.1", "localhost", "[::1]"].includes(location.hostname);
const PLACEHOLDER = "fresh-for-each-try";
// An order is paid once: the sample's number is good for one press of the button.
const SAMPLE_ORDER = "2026-11-22/17";
const PASSWORD = "a cup of pu-erh";
const words = {
  en: {
    other: "中文", person: "Call as a new customer", busy: "Registering…",
    merchant: "The sandbox's merchant key is filled in.", both: "The sandbox's merchant key and the token of ",
    signedIn: " are filled in.", failed: "That did not work: ", unloaded: "The document could not be loaded: ",
    close: "Close", servers: "Servers", body: "Request body", examples: "Examples", media: "Media type",
  },
  zh: {
    other: "English", person: "以新用户身份调用", busy: "正在注册…",
    merchant: "已填入沙箱商户的密钥。", both: "已填入沙箱商户的密钥，以及用户 ",
    signedIn: " 的令牌。", failed: "未成功：", unloaded: "无法加载接口文档：",
    close: "关闭", servers: "服务器", body: "请求体", examples: "示例", media: "媒体类型",
  },
};
// Swagger UI speaks English alone; these are its own words, wherever it writes them.
const chrome = {
  "Authorize": "填写凭证", "Available authorizations": "可用凭证", "Authorized": "已填写", "Logout": "清除", "Close": "关闭",
  "Cancel": "取消", "Clear": "清除", "Execute": "发送", "Reset": "重置", "Try it out": "试用", "Try it out ": "试用", "Loading": "正在加载",
  "Parameters": "参数", "No parameters": "没有参数", "Name": "名称", "Description": "说明", "Request body": "请求体",
  "Responses": "响应", "Server response": "服务器响应", "Response body": "响应体", "Response headers": "响应头",
  "Request duration": "耗时", "Request URL": "请求地址", "Code": "状态码", "Details": "详情", "Links": "链接", "No links": "没有链接",
  "Curl": "curl 命令", "Download": "下载", "Example Value": "示例", "Edit Value": "编辑", "Schema": "结构", "Schemas": "数据结构",
  "Media type": "媒体类型", "Controls ": "对应 ", " header.": " 请求头。", "Examples": "示例", "required": "必填", "Servers": "服务器",
  "Filter by tag or path": "按标签或路径筛选", "Server variables": "服务器变量", "Example Description": "示例说明", "Value:": "值：",
  "Expand all": "全部展开", "Collapse all": "全部收起", "Any of": "任选其一", "All of": "同时满足", "One of": "只选其一", "Enum": "可选值",
  "Default": "默认值", "Const": "固定值", "Items": "列表项", "Additional properties": "其他字段", "Property names": "字段名", "forbidden": "不允许",
  "empty object": "空对象", "Headers:": "响应头：", "Type": "类型",
  "Webhooks": "Webhook", "Scopes:": "权限：", "Operation ID: ": "操作：", "Parameters: ": "参数：", "Example Value ": "示例 ",
};
const bounds = [
  [/ characters$/, " 个字符"], [/ unique items$/, " 项，不重复"], [/ items$/, " 项"], [/ properties$/, " 个字段"], [/^matches /, "格式 "],
  [/^multiple of (.+)$/, "$1 的倍数"],
];
const chosen = localStorage.getItem("language");
let language = chosen || (navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en");
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

function bound(node) {
  if (!node.parentElement?.matches(".json-schema-2020-12__constraint")) return null;
  const [found, word] = bounds.find(([english]) => english.test(node.nodeValue)) ?? [];
  return found && node.nodeValue.replace(found, word);
}

function inChinese(node) {
  if (node.nodeType === Node.TEXT_NODE) {
    const word = chrome[node.nodeValue] || bound(node);
    if (word && !node.parentElement.closest("pre, code, textarea, .renderedMarkdown")) node.nodeValue = word;
    return;
  }
  if (node.placeholder && chrome[node.placeholder]) node.placeholder = chrome[node.placeholder];
  node.childNodes.forEach(inChinese);
}

// What Swagger UI leaves without a name, or out of a keyboard's reach, by where it stands.
const named = {
  "button.close-modal": "close", "select#servers": "servers", "textarea.body-param__text": "body",
  "select.examples-select-element": "examples", "select.content-type, .content-type-wrapper select": "media",
};

function reachable(node) {
  if (node.nodeType !== Node.ELEMENT_NODE) return;
  const every = (selector) => [...(node.matches(selector) ? [node] : []), ...node.querySelectorAll(selector)];
  for (const [selector, word] of Object.entries(named)) for (const found of every(selector)) found.setAttribute("aria-label", words[language][word]);
  for (const found of every("tr[data-param-name] :is(select, textarea, input):not([aria-label])")) {
    found.setAttribute("aria-label", found.closest("tr").dataset.paramName);
  }
  // Its own English label would be read instead of what stands on it.
  for (const found of every(".modal-btn.auth[aria-label]")) found.removeAttribute("aria-label");
  for (const found of every("pre.microlight")) found.tabIndex = 0;
}

function watch() {
  if (language === "zh") for (const link of document.querySelectorAll("[data-zh]")) link.textContent = link.dataset.zh;
  const tended = language === "zh" ? [inChinese, reachable] : [reachable];
  new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "characterData" && language === "zh") inChinese(change.target);
      for (const tend of tended) change.addedNodes.forEach(tend);
    }
  }).observe(document.getElementById("reference"), { childList: true, subtree: true, characterData: language === "zh" });
}

function fillIn() {
  for (const [scheme, token] of Object.entries(tokens)) ui.preauthorizeApiKey(scheme, token);
}

function show(document_) {
  const spec = inLanguage(document_);
  spec.servers = [{ url: here.href.replace(/\/$/, "") }];
  spec.components.parameters.IdempotencyKeyRequired.example = PLACEHOLDER;
  spec.components.parameters.AcceptLanguage.example = language === "zh" ? "zh-CN" : "en";
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
      if (request.headers["Idempotency-Key"] === PLACEHOLDER) {
        request.headers["Idempotency-Key"] = fresh();
        if (typeof request.body === "string") request.body = request.body.replace(SAMPLE_ORDER, () => `T-${fresh().slice(0, 12)}`);
      }
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
  watch();
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
  document.getElementById("reference").textContent = words[language].unloaded + problem.message;
});
