// A script of its own before the first paint, so that nobody who has chosen dark sees a white flash.
(() => {
  const root = document.documentElement;
  const kept = () => {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null; // storage is off: the choice lasts as long as the page
    }
  };
  const choose = (theme) => {
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    else delete root.dataset.theme;
  };
  choose(kept());

  const showChoice = () => {
    for (const button of document.querySelectorAll("[data-theme-choice]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === (root.dataset.theme ?? "auto")));
    }
  };
  addEventListener("DOMContentLoaded", () => {
    showChoice();
    document.addEventListener("click", (event) => {
      const theme = event.target.closest?.("[data-theme-choice]")?.dataset.themeChoice;
      if (!theme) return;
      choose(theme);
      try {
        localStorage.setItem("theme", theme);
      } catch {
        // as above
      }
      showChoice();
      dispatchEvent(new Event("themechange"));
    });
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => dispatchEvent(new Event("themechange")));
})();
