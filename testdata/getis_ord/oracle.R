# Gi and Gi* of 80 invented places by R's spdep, for the tests of kernels/getis_ord.
# usage: Rscript oracle.R > points.csv        (Debian: r-cran-spdep)
# Places stand on whole metres; three of them coincide with others. Weights: everything within 400 m
# (band), the 6 nearest (knn, tie-free by construction), inverse distance within 400 m (inverse), each with
# a self link of weight 1 for Gi*.
suppressMessages(library(spdep))
set.seed(1996)
n <- 80
x <- 421000 + sample(4000, n)
y <- 3697000 + sample(4000, n)
value <- rpois(n, 3) * rbinom(n, 1, 0.6) + rnbinom(n, 1, mu = 4) * (x > 423500)
dup <- c(11, 12, 13)
x[dup] <- x[dup + 20]
y[dup] <- y[dup + 20]
xy <- cbind(x, y)
band <- dnearneigh(xy, 0, 400)
apart <- xy
apart[dup, ] <- apart[dup, ] + 7 # nearest neighbours are asked of distinct places only
knn <- knn2nb(knearneigh(apart, 6))
both <- function(nb, weights = NULL) {
  gi <- localG(value, nb2listw(nb, glist = weights, style = "B", zero.policy = TRUE), zero.policy = TRUE)
  star <- include.self(nb)
  w <- weights
  if (!is.null(w)) {
    w <- lapply(seq_len(n), function(i) {
      if (nb[[i]][1] == 0) return(1)
      all <- c(weights[[i]], 1)
      all[order(c(nb[[i]], i))]
    })
  }
  list(gi = as.numeric(gi), star = as.numeric(localG(value, nb2listw(star, glist = w, style = "B"))))
}
inverse <- lapply(seq_len(n), function(i) {
  if (band[[i]][1] == 0) return(NULL)
  1 / (1 + sqrt((x[i] - x[band[[i]]])^2 + (y[i] - y[band[[i]]])^2) / 100)
})
b <- both(band)
k <- both(knn)
v <- both(band, inverse)
cell <- function(z) ifelse(is.finite(z), sprintf("%.15g", z), "")
cat("x,y,x_knn,y_knn,value,band_n,band_gi,band_gi_star,knn_gi,knn_gi_star,inverse_gi,inverse_gi_star\n")
cat(paste(x, y, apart[, 1], apart[, 2], value, card(band), cell(b$gi), cell(b$star), cell(k$gi), cell(k$star),
          cell(v$gi), cell(v$star), sep = ","), sep = "\n", fill = FALSE)

