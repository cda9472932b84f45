# Densities at their own points by spatstat.explore 3.0-6 (R 4.2.2), edges corrected over 2048 x 2048 pixels: Rscript spatstat_points.R >spatstat_points.csv
suppressMessages({library(spatstat.geom); library(spatstat.explore)})
d <- read.csv("twelve_xy.csv")
W <- owin(c(0,600),c(0,600))
p <- ppp(d$x, d$y, window=W, check=FALSE)
for (dg in c(FALSE,TRUE)) { v <- density(p, sigma=80, at="points", edge=TRUE, diggle=dg, leaveoneout=FALSE, dimyx=2048)
 for (i in seq_along(v)) cat(if (dg) "jones_diggle" else "uniform", i, format(v[i], digits=17), sep=",", fill=TRUE) }
v <- density(p, sigma=80, at="points", edge=FALSE, leaveoneout=FALSE); for (i in seq_along(v)) cat("none", i, format(v[i], digits=17), sep=",", fill=TRUE)
