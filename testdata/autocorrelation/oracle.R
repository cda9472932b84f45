# Global and local autocorrelation by R's spdep, for the tests of kernels/autocorrelation.
# usage: Rscript oracle.R            (in this folder; Debian: r-cran-spdep, r-cran-sf)
# Writes points.csv, global.csv, joins.csv, local.csv and p_adjust.csv beside itself.
suppressMessages({library(spdep); library(sf)})
num <- function(v) ifelse(is.finite(v), sprintf("%.15g", v), "")

# --- the reference sets, and invented places with values above and below 0
reference <- "../reference"
paper <- read.csv(file.path(reference, "afcon_neighbours_paper.csv"))
afcon <- read.csv(file.path(reference, "afcon.csv"))
at <- match(paper$id_i, afcon$id)
to <- match(paper$id_j, afcon$id)
afcon_nb <- lapply(seq_len(nrow(afcon)), function(i) sort(to[at == i]))
class(afcon_nb) <- "nb"
attr(afcon_nb, "region.id") <- as.character(seq_len(nrow(afcon)))
polygons <- function(name) suppressWarnings(st_set_crs(st_read(file.path(reference, paste0(name, ".gpkg")), quiet = TRUE), NA))
neighbours <- function(layer, queen) poly2nb(layer, queen = queen)
columbus <- polygons("columbus")
sids <- polygons("sids2")
stl <- polygons("stl_hom")

set.seed(1981)
n <- 60
x <- 421000 + sample(4000, n)
y <- 3697000 + sample(4000, n)
signed <- round(rnorm(n) + (x - 423000) / 1500, 3)
counts <- rpois(n, 2) * rbinom(n, 1, 0.6)
colour <- sample(0:2, n, replace = TRUE, prob = c(.5, .3, .2))
xy <- cbind(x, y)
band <- dnearneigh(xy, 0, 400)
knn <- knn2nb(knearneigh(xy, 5))
inverse <- lapply(seq_len(n), function(i) {
  j <- band[[i]]
  if (j[1] == 0) return(NULL)
  1 / (1 + sqrt((x[i] - x[j])^2 + (y[i] - y[j])^2) / 100)
})
write.csv(data.frame(x, y, signed, counts, colour, band_n = card(band)), "points.csv", row.names = FALSE)

listw <- function(nb, style, glist = NULL) nb2listw(nb, glist = glist, style = style, zero.policy = TRUE)
cases <- list(
  list("afcon", "totcon", afcon$totcon, afcon_nb, NULL),
  list("columbus", "CRIME queen", columbus$CRIME, neighbours(columbus, TRUE), NULL),
  list("columbus", "CRIME rook", columbus$CRIME, neighbours(columbus, FALSE), NULL),
  list("sids2", "SIDR74 queen", sids$SIDR74, neighbours(sids, TRUE), NULL),
  list("sids2", "SIDR79 queen", sids$SIDR79, neighbours(sids, TRUE), NULL),
  list("stl_hom", "HR7984 queen", stl$HR7984, neighbours(stl, TRUE), NULL),
  list("stl_hom", "HR8893 rook", stl$HR8893, neighbours(stl, FALSE), NULL),
  list("points", "signed band", signed, band, NULL),
  list("points", "counts band", counts, band, NULL),
  list("points", "signed knn", signed, knn, NULL),
  list("points", "counts knn", counts, knn, NULL),
  list("points", "signed inverse", signed, band, inverse),
  list("points", "counts inverse", counts, band, inverse))
has <- card(band) > 0 # the same without islands, from the start
bare <- subset(band, has)
cases <- c(cases, list(list("points", "signed band-linked", signed[has], bare, NULL),
                       list("points", "counts band-linked", counts[has], bare, NULL)))
shown <- c("totcon W", "CRIME queen W", "signed band W", "counts knn B", "signed inverse B")

global <- NULL
local <- NULL
add <- function(data, params, stat, null, estimate, z) {
  global <<- rbind(global, data.frame(data, params, stat, null, value = num(estimate[1]),
                                      expected = num(estimate[2]), variance = num(estimate[3]), z = num(z)))
}
for (one in cases) {
  for (style in c("B", "W")) {
    v <- one[[3]]
    lw <- listw(one[[4]], style, one[[5]])
    params <- paste(one[[2]], style)
    for (adjust in c(TRUE, FALSE)) {
      if (!adjust && all(card(one[[4]]) > 0)) next
      suffix <- if (adjust) "" else ", all in n"
      for (random in c(TRUE, FALSE)) {
        null <- paste0(if (random) "randomisation" else "normality", suffix)
        m <- moran.test(v, lw, randomisation = random, zero.policy = TRUE, adjust.n = adjust)
        add(one[[1]], params, "moran", null, m$estimate, m$statistic)
        g <- geary.test(v, lw, randomisation = random, zero.policy = TRUE, adjust.n = adjust)
        add(one[[1]], params, "geary", null, g$estimate, g$statistic)
      }
      if (min(v) >= 0) {
        g <- suppressWarnings(globalG.test(v, lw, zero.policy = TRUE, adjust.n = adjust, adjust.x = adjust))
        add(one[[1]], params, "general_g", paste0("randomisation", suffix), g$estimate, g$statistic)
      }
    }
    if (!params %in% shown) next
    conditional <- localmoran(v, lw, zero.policy = TRUE)
    total <- localmoran(v, lw, zero.policy = TRUE, conditional = FALSE)
    local <- rbind(local, data.frame(
      data = one[[1]], params, i = seq_along(v), moran = num(conditional[, 1]), e = num(conditional[, 2]),
      var = num(conditional[, 3]), z = num(conditional[, 4]), e_total = num(total[, 2]), var_total = num(total[, 3]),
      z_total = num(total[, 4]), quadrant = as.character(attr(conditional, "quadr")$pysal),
      geary = num(localC(v, lw, zero.policy = TRUE)), neighbours = card(one[[4]])))
  }
}
write.csv(global, "global.csv", row.names = FALSE)

# --- several variables at once
multi <- localC(as.data.frame(columbus)[, c("CRIME", "INC", "HOVAL")], listw(neighbours(columbus, TRUE), "W"))
local <- rbind(local, data.frame(data = "columbus", params = "CRIME INC HOVAL queen W", i = seq_along(multi), moran = "", e = "",
                                 var = "", z = "", e_total = "", var_total = "", z_total = "", quadrant = "",
                                 geary = num(multi), neighbours = ""))
write.csv(local, "local.csv", row.names = FALSE)

# --- join counts: three colours, crime above 35, and both ways to sample
joins <- NULL
count <- function(data, params, colours, nb) {
  for (style in c("B", "W")) {
    lw <- listw(nb, style)
    m <- joincount.multi(factor(colours), lw, zero.policy = TRUE)
    joins <<- rbind(joins, data.frame(data, params = paste(params, style), pair = rownames(m), sampling = "nonfree",
                                      count = num(m[, 1]), expected = num(m[, 2]), variance = num(m[, 3]), z = num(m[, 4])))
    for (t in joincount.test(factor(colours), lw, zero.policy = TRUE, sampling = "free")) {
      name <- sub("Std. deviate for ", "", names(t$statistic))
      joins <<- rbind(joins, data.frame(data, params = paste(params, style), pair = paste(name, name, sep = ":"), sampling = "free",
                                        count = num(t$estimate[1]), expected = num(t$estimate[2]),
                                        variance = num(t$estimate[3]), z = num(t$statistic)))
    }
  }
}
count("points", "colour knn", colour, knn)
count("points", "colour band", colour, band)
count("points", "colour band without islands", colour[has], bare)
count("columbus", "CRIME > 35 queen", as.integer(columbus$CRIME > 35), neighbours(columbus, TRUE))
write.csv(joins, "joins.csv", row.names = FALSE)

# --- adjusted p-values
set.seed(7)
p <- c(round(runif(30)^3, 4), .01, .01, .02, NA, 0, 1, 1e-12, .05, NA, .05)
write.csv(data.frame(p = num(p), bh = num(p.adjust(p, "BH")), by = num(p.adjust(p, "BY"))), "p_adjust.csv", row.names = FALSE)

# --- rates: the empirical Bayes index of Assuncao and Reis (its statistic does not depend on the draws)
rates <- NULL
for (style in c("B", "W")) {
  lw <- listw(neighbours(sids, TRUE), style)
  for (year in c("74", "79")) {
    m <- EBImoran.mc(sids[[paste0("SID", year)]], sids[[paste0("BIR", year)]], lw, nsim = 9)
    rates <- rbind(rates, data.frame(data = "sids2", params = paste0("SID", year, " BIR", year, " queen ", style),
                                     value = num(m$statistic)))
  }
}
write.csv(rates, "rates.csv", row.names = FALSE)
write.csv(data.frame(sid74 = num(EBest(sids$SID74, sids$BIR74)$estmm)), "smoothed.csv", row.names = FALSE)
