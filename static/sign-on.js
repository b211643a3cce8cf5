/* Back from a provider: press the one button there is. Once: whoever comes here with the back button sees it and decides. */
document.querySelector("form[data-now]")?.requestSubmit();
