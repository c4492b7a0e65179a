// A browser as far as the hosted pages need one: cookies, redirects, forms. No script, because the pages have none.

const decode = (text) => text.replaceAll("&quot;", '"').replaceAll("&#x27;", "'").replaceAll("&#39;", "'")
  .replaceAll("&#x2B;", "+").replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

const attribute = (tag, name) => {
  const found = new RegExp(`\\b${name}="([^"]*)"`).exec(tag);
  return found ? decode(found[1]) : undefined;
};

export class Browser {
  cookies = new Map();

  constructor(callback) {
    this.callback = callback;
  }

  async request(address, init = {}) {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(address, { redirect: "manual", ...init, headers: { ...init.headers, cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [pair] = line.split(";");
      const at = pair.indexOf("=");
      if (/max-age=0|expires=thu, 01 jan 1970/i.test(line)) this.cookies.delete(pair.slice(0, at));
      else this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return response;
  }

  /** Follows redirects until a page, or the address that belongs to the app. */
  async open(address, init) {
    let response = await this.request(address, init);
    for (let hops = 0; hops < 10; hops++) {
      const location = response.headers.get("location");
      if (!location) return { status: response.status, address, html: await response.text() };
      address = new URL(location, address);
      if (address.href.startsWith(this.callback)) return { arrived: address };
      response = await this.request(address);
    }
    throw new Error("A redirect without end.");
  }

  /** Sends the form of a page whose action ends so, with hidden fields as they are. */
  submit(page, action, fields) {
    for (const [, tag, inner] of page.html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)) {
      const target = new URL(attribute(tag, "action"), page.address);
      if (!target.pathname.endsWith(action)) continue;
      const form = new URLSearchParams();
      for (const [input] of inner.matchAll(/<input\b[^>]*>/g)) {
        if (attribute(input, "type") === "hidden") form.set(attribute(input, "name"), attribute(input, "value") ?? "");
      }
      for (const [name, value] of Object.entries(fields)) form.set(name, value);
      return this.open(target, {
        method: "POST", body: form, headers: { origin: target.origin, "sec-fetch-site": "same-origin" },
      });
    }
    throw new Error(`No form leads to ${action}: ${page.html}`);
  }
}
