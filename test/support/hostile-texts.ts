/**
 * Texts that would run a script in a page that takes them for markup, an attribute, an address, a template or Markdown. Each
 * calls `alert`, so that the page would open a dialog.
 */
export const hostileTexts = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "'><svg/onload=alert(1)>",
  '</title></textarea><script>alert(1)</script>',
  '<iframe srcdoc="<script>parent.alert(1)</script>"></iframe>',
  '<a href="javascript:alert(1)">here</a>',
  'javascript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  '<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>',
  '<x style="animation-name:sweep" onanimationstart=alert(1)>x</x>',
  '&lt;img src=x onerror=alert(1)&gt; &#60;script&#62;alert(1)&#60;/script&#62;',
  String.raw`\u003cscript\u003ealert(1)\u003c/script\u003e`,
  '{{constructor.constructor("alert(1)")()}} ${alert(1)} <%= alert(1) %>',
  '[here](javascript:alert(1)) ![x](x"onerror="alert(1))',
  '#<img/src=x/onerror=alert(1)> #tag"onmouseover="alert(1)',
  '@"onfocus="alert(1)"autofocus="',
  '__proto__ constructor toString',
] as const
