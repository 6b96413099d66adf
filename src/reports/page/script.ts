/** The page's only script: a button that changes between light and dark. Without it the page follows the system. */
export const PAGE_SCRIPT = `"use strict";(()=>{
const root=document.documentElement,button=document.getElementById("theme");
const dark=()=>root.dataset.theme?root.dataset.theme==="dark":matchMedia("(prefers-color-scheme: dark)").matches;
const show=()=>{button.textContent=dark()?"Light":"Dark";button.setAttribute("aria-label","Change to "+(dark()?"light":"dark")+" colours")};
button.addEventListener("click",()=>{root.dataset.theme=dark()?"light":"dark";show()});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change",show);
button.hidden=false;show();
})();`;
