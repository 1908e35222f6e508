/** A plain button for other sites: opens the chat in a tab of its own, which neither knows nor tells where it was opened from. */
{
  const script = document.currentScript;
  if (script instanceof HTMLScriptElement) {
    const language = script.dataset['lang'] === 'en' ? 'en' : 'vi';
    const button = document.createElement('button');
    button.type = 'button';
    button.lang = language;
    button.textContent = script.dataset['label'] ?? (language === 'en' ? 'Chat' : 'Trò chuyện');
    const address = new URL('/', script.src);
    address.searchParams.set('lang', language);
    const ref = script.dataset['ref'];
    if (ref !== undefined) address.searchParams.set('c', ref);
    button.addEventListener('click', () => window.open(address.href, '_blank', 'noopener,noreferrer'));
    script.after(button);
  }
}
