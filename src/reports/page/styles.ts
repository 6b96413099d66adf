import { themeRules } from "./theme.ts";

const LAYOUT = `
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-behavior:smooth;scroll-padding-top:3.5rem}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
main,header>div,nav>div,footer{max-width:1180px;margin:0 auto;padding:0 1.5rem}
h1,h2,.verdict,.figure{font-family:"Iowan Old Style",Palatino,"Palatino Linotype","Book Antiqua",Georgia,serif;font-weight:600;letter-spacing:-.01em}
h1{font-size:clamp(1.9rem,5vw,2.9rem);line-height:1.1;margin:.2rem 0 .5rem;overflow-wrap:anywhere}
h2{font-size:1.55rem;line-height:1.2;margin:0 0 .35rem}
h3{font-size:.95rem;font-weight:600;margin:0 0 .15rem;overflow-wrap:anywhere}
p{margin:0 0 .75rem}
a{color:var(--accent)}
a:focus-visible,button:focus-visible,[tabindex]:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.skip{position:absolute;left:-999px}
.skip:focus{left:1rem;top:1rem;background:var(--card);padding:.5rem 1rem;z-index:3}
header{padding:2.6rem 0 1.5rem}
.kicker{font-size:.78rem;letter-spacing:.09em;text-transform:uppercase;color:var(--muted);margin:0}
.lede{color:var(--muted);max-width:62ch;overflow-wrap:anywhere}
.verdict{font-size:1.3rem;line-height:1.4;font-weight:500;letter-spacing:0;max-width:52ch;margin:1.1rem 0 0;overflow-wrap:anywhere}
nav{position:sticky;top:0;z-index:2;background:var(--page);border-block:1px solid var(--rule)}
nav>div{display:flex;gap:.25rem 1.1rem;align-items:center;overflow-x:auto;scrollbar-width:none;min-height:2.8rem}
nav a{color:var(--muted);text-decoration:none;font-size:.9rem;white-space:nowrap;padding:.3rem 0}
nav a:hover{color:var(--ink)}
nav button{margin-left:auto;flex:none;font:inherit;font-size:.85rem;color:var(--ink);background:var(--card);border:1px solid var(--rule);border-radius:99px;padding:.2rem .8rem;cursor:pointer}
section{padding:2.3rem 0 .6rem}
section>p{color:var(--muted);max-width:68ch}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(132px,1fr));gap:1px;background:var(--card);border:1px solid var(--rule);border-radius:12px;overflow:hidden;margin:1.6rem 0 0}
.tile{outline:1px solid var(--rule);padding:.9rem 1.1rem}
.tile dt{font-size:.8rem;color:var(--muted)}
.tile dd{margin:0;font-size:.84rem;color:var(--muted)}
.tile .figure{font-size:1.75rem;line-height:1.25;color:var(--ink);font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
.tile.words{grid-column:span 2}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(330px,100%),1fr));gap:1rem}
.cards.pairs{grid-template-columns:repeat(auto-fill,minmax(min(440px,100%),1fr))}
.card{background:var(--card);border:1px solid var(--rule);border-radius:12px;padding:1rem 1.1rem .8rem;margin:0;min-width:0;break-inside:avoid}
.card.wide{grid-column:1/-1}
.card p{font-size:.86rem;color:var(--muted);margin:0 0 .5rem;overflow-wrap:anywhere}
.scroll{overflow-x:auto;max-width:100%}
.tall{max-height:30rem;overflow-y:auto}
table{border-collapse:collapse;width:100%;font-size:.9rem;font-variant-numeric:tabular-nums}
th,td{padding:.42rem .8rem .42rem 0;text-align:left;border-bottom:1px solid var(--grid);vertical-align:baseline}
th{font-weight:600;font-size:.8rem;color:var(--muted);white-space:nowrap;border-bottom-color:var(--rule)}
td.number,th.number{text-align:right;white-space:nowrap}
td.name{overflow-wrap:break-word;max-width:26rem}
tr.champion td{font-weight:600}
tr.champion td:first-child{box-shadow:inset 3px 0 var(--accent);padding-left:.7rem}
td:first-child,th:first-child{padding-left:.7rem}
tr.faint td{color:var(--muted)}
tbody tr:last-child td{border-bottom:0}
.good{color:var(--good)}
.bad{color:var(--bad)}
.note{border-left:3px solid var(--bad);padding:.15rem 0 .15rem .9rem;margin:1rem 0 0;font-size:.92rem;overflow-wrap:anywhere;max-width:75ch}
dl.facts{display:grid;grid-template-columns:minmax(7.5rem,max-content) minmax(0,1fr);gap:.3rem 1.2rem;margin:0;font-size:.9rem}
dl.facts dt{color:var(--muted)}
dl.facts dd{margin:0;overflow-wrap:anywhere;font-variant-numeric:tabular-nums}
code{font:.85em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
footer{padding-block:2.5rem 3rem;color:var(--muted);font-size:.85rem}
`;

const CHARTS = `
.chart{display:block;width:100%;height:auto;max-width:470px;margin:0 auto;overflow:visible;font-size:11px;font-variant-numeric:tabular-nums}
.chart.map{max-width:none;min-width:560px}
.chart text{fill:var(--ink)}
.chart .tick,.chart .axis-name,.chart .value{fill:var(--muted)}
.chart .name,.chart .value,.chart .legend{font-size:11.5px}
.chart .count{font-size:12px}
.grid{stroke:var(--grid);stroke-width:1}
.axis{stroke:var(--tone-0);stroke-width:1}
.rug{stroke:var(--muted);stroke-width:1;opacity:.7}
.reference{stroke:var(--muted);stroke-width:1.2;stroke-dasharray:4 4}
.line{fill:none;stroke:var(--tone);stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
.line.dashed{stroke-dasharray:2 5}
.area,.bar,.cell{fill:var(--tone)}
.dot{fill:var(--tone);stroke:var(--card);stroke-width:1.2}
.mark{fill:var(--card);stroke:var(--tone);stroke-width:2.2}
.range{stroke:var(--tone);stroke-width:5;stroke-linecap:round;opacity:.28}
.whisker{stroke:var(--ink);stroke-width:1.4}
.bar:hover,.cell:hover,.dot:hover{stroke:var(--ink);stroke-width:1.2}
.land{fill:var(--grid);stroke:var(--tone-0);stroke-width:.5;stroke-linejoin:round}
.sea{fill:none;stroke:var(--rule);stroke-width:1}
.pin{fill:var(--tone);stroke:var(--card);stroke-width:1.5}
.chart .pin-name{fill:var(--card);font-weight:700}
`;

const NARROW_AND_PAPER = `
@media (max-width:560px){
main,header>div,nav>div,footer{padding-inline:.9rem}
header{padding-top:1.5rem}
.card{padding:.8rem .7rem .6rem;border-radius:10px}
.tiles{grid-template-columns:1fr 1fr}
.tile{padding:.7rem .8rem}
.tile .figure{font-size:1.4rem}
.verdict{font-size:1.12rem}
dl.facts{grid-template-columns:1fr;gap:0}
dl.facts dd{margin-bottom:.5rem}
}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
@media print{
@page{margin:14mm}
body{background:#fff;font-size:10pt}
nav,.skip{display:none}
main,header>div,footer{max-width:none;padding:0}
header{padding:0}
section{padding:1.2rem 0 .2rem}
h2,h3,section>p{break-after:avoid;break-inside:avoid}
.tiles{grid-template-columns:repeat(4,minmax(0,1fr))}
.tile .figure{font-size:1.3rem}
.cards,.cards.pairs{grid-template-columns:repeat(2,minmax(0,1fr))}
.card,.tile,tr{break-inside:avoid}
.tall{max-height:none;overflow:visible}
.scroll{overflow:visible}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}
`;

/** The page's style sheet. */
export function pageStyles(): string {
  return `${themeRules()}${LAYOUT}${CHARTS}${NARROW_AND_PAPER}`;
}
