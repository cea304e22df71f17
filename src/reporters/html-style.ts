/** The looks of the HTML page, light and dark. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #fff; --ink: #1c2330; --faint: #5b6577; --line: #d9dee6; --code: #fbfcfd; --link: #0b5cad;
  --error: #b3261e; --error-back: #fdecea; --warning: #8a5a00; --warning-back: #fff4dc; --info: #1d5fa8; --info-back: #e8f1fc;
  --good: #1b7a3d;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12161d; --card: #1a202a; --ink: #e4e8ef; --faint: #9aa5b7; --line: #323b4a; --code: #151a22; --link: #7db7ff;
    --error: #ff8a80; --error-back: #3d1f20; --warning: #f0c060; --warning-back: #382d14; --info: #85bcff; --info-back: #16293f;
    --good: #6fd391;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main, header, footer { max-width: 72rem; margin: 0 auto; padding: 0 1rem; }
header { padding-top: 1.5rem; }
h1 { font-size: 1.4rem; margin: 0; }
h2 { font-size: 1.05rem; margin: 0; padding: .7rem 1rem; overflow-wrap: anywhere; font-family: ui-monospace, monospace; }
h2 small { font: 13px system-ui, sans-serif; color: var(--faint); }
a { color: var(--link); }
code, pre { font: 13px/1.55 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
.summary { margin: .3rem 0 1rem; font-size: 1.05rem; }
.clean { color: var(--good); font-weight: 600; }
.faint { color: var(--faint); }
.problem { border-left: 4px solid var(--info); padding: .4rem .8rem; background: var(--info-back); margin: .5rem 0; overflow-wrap: anywhere; }
.problem.warning { border-color: var(--warning); background: var(--warning-back); }
.problem.error { border-color: var(--error); background: var(--error-back); }
#filters { position: sticky; top: 0; z-index: 1; background: var(--page); border-bottom: 1px solid var(--line); }
#filters > div { max-width: 72rem; margin: 0 auto; padding: .6rem 1rem; display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; }
#filters select, #filters input[type=search] {
  font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: .3rem .5rem;
  min-width: 0; max-width: 100%;
}
#filters select { flex: 0 1 13rem; }
#filters input[type=search] { flex: 1 1 10rem; }
.chip { display: inline-flex; gap: .4rem; align-items: center; padding: .2rem .6rem; border-radius: 99px; border: 1px solid var(--line); background: var(--card); white-space: nowrap; }
.chip input { margin: 0; }
.error .severity, .chip.error { color: var(--error); }
.warning .severity, .chip.warning { color: var(--warning); }
.info .severity, .chip.info { color: var(--info); }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; margin: 1rem 0; overflow: hidden; }
pre { margin: 0; overflow-x: auto; background: var(--code); padding: .2rem 0; border-top: 1px solid var(--line); tab-size: 4; }
pre + pre { border-top: 0; padding-top: 0; margin-top: -.2rem; }
.row { display: block; width: max-content; min-width: 100%; padding-right: 1rem; scroll-margin-top: 8rem; }
.row:target { background: var(--info-back); }
.row::before { content: attr(data-line); display: inline-block; width: 4.5em; padding-right: 1em; text-align: right; color: var(--faint); user-select: none; }
mark { color: inherit; background: none; border-bottom: 2px solid; }
mark.error { background: var(--error-back); border-color: var(--error); }
mark.warning { background: var(--warning-back); border-color: var(--warning); }
mark.info { background: var(--info-back); border-color: var(--info); }
mark.off { background: none; border-color: transparent; }
details.gap > summary { font-size: 13px; color: var(--faint); cursor: pointer; padding: .15rem 1rem; border-top: 1px dashed var(--line); }
.finding { border-top: 1px solid var(--line); border-left: 4px solid; padding: .7rem 1rem .8rem; overflow-wrap: anywhere; scroll-margin-top: 8rem; }
.finding.error { border-left-color: var(--error); background: var(--error-back); }
.finding.warning { border-left-color: var(--warning); background: var(--warning-back); }
.finding.info { border-left-color: var(--info); background: var(--info-back); }
.finding p { margin: .25rem 0 .4rem; max-width: 60rem; }
.severity { font-weight: 700; }
.rule { font-weight: 600; }
.place { color: var(--faint); float: right; text-decoration: none; margin-left: 1rem; }
.finding code, .suppressed code { background: color-mix(in srgb, var(--ink) 8%, transparent); border-radius: 4px; padding: .05em .3em; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .15rem .9rem; margin: 0; }
dt { color: var(--faint); }
dd { margin: 0; }
.chapter h2 { font-family: inherit; }
.chapter ul { list-style: none; margin: 0; padding: 0; }
.item { position: relative; display: flex; gap: .7rem; padding: .45rem 1rem; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
.item > div { min-width: 0; }
.item p { margin: .1rem 0 0; font-size: 13px; color: var(--faint); }
.item .mark { font-weight: 700; width: 1em; flex: none; }
.item .status { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.item.pass .mark { color: var(--good); }
.item.fail { background: var(--error-back); }
.item.fail .mark { color: var(--error); }
.item.manual .mark { color: var(--warning); }
.item.absent { color: var(--faint); }
.suppressed ul { margin: 0; padding: 0 1rem 1rem 2rem; }
.suppressed > summary { padding: .7rem 1rem; cursor: pointer; }
footer { padding: 1rem; color: var(--faint); font-size: 13px; }
@media (max-width: 40rem) {
  main { padding: 0 .5rem; }
  #filters { position: static; }
  .row, .finding { scroll-margin-top: .5rem; }
  #filters select { flex: 1 1 9rem; }
  .row::before { width: 3.4em; }
  .place { float: none; display: block; margin: 0; }
  dl { grid-template-columns: minmax(0, 1fr); gap: 0; }
  dd { margin-bottom: .3rem; }
}
@media print { #filters { display: none; } section { break-inside: auto; } }
`;
