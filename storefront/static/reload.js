/* Looks again at something that is under way; without JavaScript a link does. */
{
  const shown = document.querySelector("[data-reload]");
  if (shown) {
    setTimeout(() => location.reload(), Number(shown.dataset.reload));
  }
}
