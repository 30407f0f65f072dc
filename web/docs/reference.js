// The page calls the server it came from, whatever name the reader used for it.
const here = new URL(".", location.href);
fetch(new URL("openapi.json", here))
  .then((answer) => answer.json())
  .then((spec) => {
    spec.servers = [{ url: here.href.replace(/\/$/, "") }];
    SwaggerUIBundle({
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
    });
  })
  .catch((problem) => {
    document.getElementById("reference").textContent = `The document could not be loaded: ${problem}`;
  });
