/* Looks again at an import that is under way; without JavaScript a button does. */
{
  const shown = document.querySelector("[data-reload]");
  if (shown) {
    setTimeout(() => location.reload(), Number(shown.dataset.reload));
  }
}
