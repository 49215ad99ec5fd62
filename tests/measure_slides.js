// What does not fit its slide: a sentence each. Evaluated on a page of slides, at their own size.
() => {
  const faults = []
  for (const slide of Reveal.getSlides()) {
    const {h, v} = Reveal.getIndices(slide)
    Reveal.slide(h, v)
    const frame = slide.getBoundingClientRect()
    for (const element of slide.querySelectorAll("*")) {
      if (element.closest("aside, .katex-mathml, .live-figure > img:not(.live-figure-now), script, svg")) continue
      const box = element.getBoundingClientRect()
      if (!box.width || !box.height) continue
      const over = Math.max(box.right - frame.right, frame.left - box.left, box.bottom - frame.bottom + 8)
      if (over > 0 || (element.tagName === "PRE" && element.scrollWidth > element.clientWidth + 1)) {
        faults.push(`${h + 1}.${v + 1} ${slide.querySelector("h1, h2").textContent}: ${element.tagName} by ${over.toFixed(0)} px`)
        break
      }
      if (element.matches(".figure img") && box.height < 250 && element.offsetParent) {
        faults.push(`${h + 1}.${v + 1}: a figure of ${box.height.toFixed(0)} px`)
      }
    }
  }
  return faults
}
