# Log relative risk and asymptotic p of invented places by R's sparr, for the tests of kernels/density.
# usage: Rscript oracle.R      (Debian: r-cran-sparr) writes points.csv and expected.csv where it is run
#
# The window is a square of 1280 m, cut into 128 x 128 pixels of 10 m. sparr bins places to pixels, so every
# place stands on a pixel's centre and nothing is lost by binning. Places follow a formula (an additive recurrence with the
# plastic number), bent towards a centre for two thirds of the cases.
# Densities are divided by the number of places (sparr divides by their integral over the window instead), which is done
# here by intensity = TRUE and n; everything else is sparr's: edge correction, ratio, tolerance.
suppressMessages(library(sparr))
side <- 1280
cell <- 10
pixel <- function(u) (floor(pmin(u, 0.999999) * 128) + 0.5) * cell
plastic <- 1.32471795724474602596
recurrence <- function(n, from) {
  k <- from + seq_len(n)
  cbind((0.5 + k / plastic) %% 1, (0.5 + k / plastic^2) %% 1)
}
controls <- recurrence(90, 0)
cases <- recurrence(60, 500)
near <- seq_len(60) %% 3 != 0
cases[near, 1] <- 0.15 + 0.35 * cases[near, 1]
cases[near, 2] <- 0.55 + 0.40 * cases[near, 2]
window <- owin(c(0, side), c(0, side))
of <- function(uv) suppressWarnings(ppp(pixel(uv[, 1]), pixel(uv[, 2]), window = window))
case <- of(cases)
control <- of(controls)
pool <- suppressWarnings(superimpose(case, control))
h <- 150
estimate <- function(pp, edge) {
  d <- bivariate.density(pp, h0 = h, resolution = 128, edge = edge, intensity = TRUE, verbose = FALSE)
  d$z <- d$z / npoints(pp)
  d
}
at <- expand.grid(col = c(3, 20, 41, 64, 90, 111, 126), row = c(2, 25, 50, 77, 100, 127)) # from 1, row 1 in the south
value <- function(im) as.matrix(im)[cbind(at$row, at$col)]
out <- at
for (edge in c("uniform", "none")) {
  f <- estimate(case, edge)
  g <- estimate(control, edge)
  p <- estimate(pool, edge)
  r <- risk(f, g, verbose = FALSE)
  out[[paste0("rho_", edge)]] <- value(r$rr)
  if (edge == "uniform") {
    test <- sparr:::tol.asy.fix(f, g, p)
    out$edge <- value(p$q)
    out$z <- test$zst[cbind(at$row, at$col)]
    out$p <- value(test$p)
  }
}
number <- function(x) sprintf("%.12g", x)
rows <- rbind(data.frame(group = "case", x = case$x, y = case$y), data.frame(group = "control", x = control$x, y = control$y))
write.csv(rows, "points.csv", row.names = FALSE, quote = FALSE)
out$x <- (out$col - 0.5) * cell
out$y <- (out$row - 0.5) * cell
out <- out[, c("x", "y", "rho_none", "rho_uniform", "edge", "z", "p")]
write.csv(as.data.frame(lapply(out, number)), "expected.csv", row.names = FALSE, quote = FALSE)
