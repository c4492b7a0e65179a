using Microsoft.Playwright;

namespace Castellan.EndToEnd.Browser;

/// <summary>What holds of every page, whatever it shows.</summary>
internal static class PageRules
{
    /// <summary>CSS pixels of a phone held upright.</summary>
    public static readonly (int Width, int Height) Phone = (390, 844);

    /// <summary>Gives what is wrong with the page, in words.</summary>
    public static Task<string[]> Faults(IPage page) => page.EvaluateAsync<string[]>("""
        () => {
          const faults = [];
          const named = (e) => (e.getAttribute("aria-label") ?? "").trim() !== ""
            || (e.getAttribute("aria-labelledby") ?? "").split(" ").some((id) => document.getElementById(id));
          const shown = (e) => e.checkVisibility();
          const mark = (e) => e.outerHTML.slice(0, 120);
          if (document.title.trim() === "") faults.push("no title");
          if (!document.documentElement.lang) faults.push("no language");
          const headings = [...document.querySelectorAll("h1")].filter(shown).length;
          if (headings !== 1) faults.push(`${headings} h1`);
          if (document.querySelectorAll("main").length !== 1) faults.push("not one main");
          for (const e of document.querySelectorAll("input:not([type=hidden]), select, textarea")) {
            if (shown(e) && !named(e) && e.labels.length === 0) faults.push(`no label: ${mark(e)}`);
          }
          for (const e of document.querySelectorAll("a, button")) {
            if (shown(e) && !named(e) && e.textContent.trim() === "") faults.push(`no name: ${mark(e)}`);
          }
          for (const e of document.querySelectorAll("img")) {
            if (!e.hasAttribute("alt")) faults.push(`no alt: ${mark(e)}`);
          }
          for (const e of document.querySelectorAll("th:empty")) faults.push(`a column without a name: ${mark(e)}`);
          const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
          for (const id of ids.filter((id, at) => ids.indexOf(id) !== at)) faults.push(`twice the id ${id}`);
          return faults;
        }
        """);

    /// <summary>Gives what reaches beyond a phone's width, other than inside of what scrolls by itself.</summary>
    public static Task<string[]> FaultsOnPhone(IPage page) => page.EvaluateAsync<string[]>("""
        (width) => {
          if (document.documentElement.scrollWidth <= width) return [];
          const wide = [...document.body.querySelectorAll("*")].filter((e) => {
            if (e.getBoundingClientRect().right <= width + 0.5) return false;
            for (let p = e.parentElement; p; p = p.parentElement) {
              if (p !== document.body && getComputedStyle(p).overflowX !== "visible") return false;
            }
            return true;
          });
          const marks = wide.slice(0, 3).map((e) => e.outerHTML.slice(0, 120));
          return [`scrolls sideways on a phone: ${document.documentElement.scrollWidth} px`, ...marks];
        }
        """, Phone.Width);
}
