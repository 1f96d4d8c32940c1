// A script of its own before the first paint, so that nobody who has chosen dark, or whose system
// has, sees a white flash. The style sheet knows the theme in force alone.
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  let chosen = "auto";
  try {
    chosen = localStorage.getItem("theme") ?? chosen;
  } catch {
    // storage is off: a choice lasts as long as the page
  }
  const choose = (theme) => {
    chosen = theme === "light" || theme === "dark" ? theme : "auto";
    root.dataset.theme = chosen === "auto" ? (dark.matches ? "dark" : "light") : chosen;
    dispatchEvent(new Event("themechange"));
  };
  choose(chosen);
  dark.addEventListener("change", () => choose(chosen));

  const showChoice = () => {
    for (const button of document.querySelectorAll("[data-theme-choice]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === chosen));
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
    });
  });
})();
