/** What an element that came of a payload would carry, and what a script of one would set. */
export const MARK = "data-xss";
/** Where a payload would send a request. */
export const ELSEWHERE = "xss.invalid";

/** Texts that would be more than text where a page took them for markup, an address, a template or a command. */
export const CORPUS = [
  `<script ${MARK}>window.xss=1</script>`,
  `<img ${MARK} src=x onerror="window.xss=1">`,
  `<img ${MARK} src=//${ELSEWHERE}/a.png>`,
  `<svg ${MARK} onload=window.xss=1>`,
  `<svg><animate ${MARK} onbegin=window.xss=1 attributeName=x dur=1s>`,
  `<math ${MARK}><mtext></table><img ${MARK} src=x onerror=window.xss=1>`,
  `<iframe ${MARK} srcdoc="<script>parent.xss=1</script>"></iframe>`,
  `<iframe ${MARK} src="javascript:parent.xss=1"></iframe>`,
  `<details ${MARK} open ontoggle=window.xss=1>`,
  `<body ${MARK} onload=window.xss=1>`,
  `<input ${MARK} autofocus onfocus=window.xss=1>`,
  `<video ${MARK}><source onerror=window.xss=1></video>`,
  `<a ${MARK} href="javascript:window.xss=1">x</a>`,
  `<a ${MARK} href="data:text/html,<script>opener.xss=1</script>">x</a>`,
  `<form ${MARK} action="//${ELSEWHERE}/"><button>x</button></form>`,
  `<base ${MARK} href="//${ELSEWHERE}/">`,
  `<link ${MARK} rel=stylesheet href="//${ELSEWHERE}/a.css">`,
  `<style ${MARK}>*{background:url(//${ELSEWHERE}/b.png)}</style>`,
  `<meta ${MARK} http-equiv=refresh content="0;url=//${ELSEWHERE}/">`,
  `<object ${MARK} data="//${ELSEWHERE}/"></object>`,
  `"><b ${MARK} onmouseover="window.xss=1">`,
  `' ${MARK} onfocus='window.xss=1' x='`,
  `</textarea></title></style></script><b ${MARK}>`,
  "javascript:window.xss=1",
  "{{constructor.constructor('window.xss=1')()}} ${window.xss=1} #{window.xss=1}",
  "<!-- --!><b data-xss> ]]> <![CDATA[",
  "\u202Egnp.exe\u202C zero\u200Bwidth \u2066isolated\u2069",
  "=cmd|'/c calc'!A1 @SUM(1) +1 -1",
  "W".repeat(90),
] as const;
