# Bandwidths and criterion curves of R's spatstat.explore and sparr, for the tests of kernels/density.
# usage: Rscript oracle.R > expected.csv        (Debian: r-cran-spatstat, r-cran-sparr)
suppressWarnings(suppressMessages({library(spatstat.explore); library(sparr)}))
cat("set,what,sigma_m,value\n")
say <- function(set, what, sigma, value)
  cat(sprintf("%s,%s,%.17g,%.17g\n", set, what, sigma, value), sep = "")
windows <- list(clusters = owin(c(0, 10000), c(0, 10000)), mesa = NULL, mesa_places = NULL)
for (set in names(windows)) {
  at <- read.csv(if (set == "clusters") "clusters_xy.csv" else "mesa_xy.csv")
  if (set == "mesa_places") at <- unique(at)
  w <- windows[[set]]
  if (is.null(w)) w <- owin(range(at$x), range(at$y))
  p <- suppressWarnings(ppp(at$x, at$y, window = w))
  seen <- c(25, 50, 100, 200, 400, 800)
  # the criterion that bw.ppl maximises, without its edge correction and its integral
  for (s in seen) {
    own <- density(p, sigma = s, at = "points", leaveoneout = TRUE, edge = FALSE)
    say(set, "ppl", s, sum(log(own)))
  }
  say(set, "CvL", seen, as.numeric(bw.CvL(p, sigma = seen, warn = FALSE)  |> attr("cv")))
  suppressWarnings(suppressMessages({
    say(set, "scott_iso", as.numeric(bw.scott.iso(p)), 0)
    say(set, "OS", OS(p), 0)
    say(set, "NS", NS(p), 0)
    if (set != "mesa") {
      say(set, "LIK", LIK.density(p, edge = FALSE, verbose = FALSE, hlim = c(20, 800)), 0)
      # on a wide window, so that the integral of the squared density misses nothing at the borders
      wide <- ppp(at$x, at$y, window = owin(w$xrange + c(-2, 2) * 1000, w$yrange + c(-2, 2) * 1000))
      for (s in c(100, 200, 400))
        say(set, "LSCV", s, sparr:::LSCV.density.spatial.single(s, wide, 2048, FALSE, 0))
    }
  }))
  for (how in c("translate", "default")) {
    d <- if (how == "default") bw.diggle(p, warn = FALSE) else
      bw.diggle(p, correction = "translate", warn = FALSE, nr = 32769)
    say(set, paste0("diggle_", how), as.numeric(d), min(attr(d, "cv"), na.rm = TRUE))
    if (how == "translate") {
      i <- round(c(0.1, 0.25, 0.5, 0.75, 0.99) * (length(attr(d, "cv")) - 1)) + 1
      say(set, "diggle_M", attr(d, "h")[i], attr(d, "cv")[i])
    }
  }
}
