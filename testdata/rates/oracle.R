# Rates of the sudden infant deaths in North Carolina by R's spdep, for the tests of kernels/rates.
# usage: Rscript oracle.R > sids.csv        (Debian: r-cran-spdep; run in this folder)
# Neighbours are counties within 80 km of each other, by label points on a plane made for the purpose
# (columns x, y, metres); all counties have one.
suppressMessages({library(spdep); library(sf)})
s <- st_read("../reference/sids2.gpkg", quiet = TRUE)
ll <- suppressWarnings(st_coordinates(st_centroid(st_geometry(s))))
x <- round((ll[, 1] + 80) * 91000)
y <- round((ll[, 2] - 35) * 111000)
nb <- dnearneigh(cbind(x, y), 0, 80000)
stopifnot(min(card(nb)) > 0)
count <- s$SID74
people <- s$BIR74
w <- nb2listw(nb, style = "W")
global <- EBest(count, people)
window <- EBlocal(count, people, nb, geoda = TRUE)
own <- EBlocal(count, people, nb, geoda = FALSE)
less <- probmap(count, people)
greater <- probmap(count, people, alternative = "greater")
# probmap takes the upper tail as 1 - P(X < n), which loses digits where it is small
at_least <- ppois(count - 1, less$expCount, lower.tail = FALSE)
stopifnot(abs(at_least - greater$pmap) < 1e-14)
a <- attr(global, "parameters")$a
b <- attr(global, "parameters")$b
set.seed(1)
ebi <- EBImoran.mc(count, people, w, nsim = 9)$statistic
z <- (count / people - b) / sqrt(a + b / people)
stopifnot(abs(moran(z, w, length(z), Szero(w))$I - ebi) < 1e-14)
both <- include.self(nb)
smooth <- sapply(both, function(i) sum(count[i]) / sum(people[i]))
out <- data.frame(name = s$NAME, x = x, y = y, count = count, people = people, links = card(nb), raw = global$raw,
                  eb = global$estmm, eb_window = window$est, mean_window = attr(window, "parameters")$m,
                  a_window = attr(window, "parameters")$a, eb_own = own$est, a_own = attr(own, "parameters")$a,
                  smooth = smooth, ebi_z = z, expected = less$expCount, risk = less$relRisk / 100,
                  at_most = less$pmap, at_least = at_least, ebi_moran = ebi, a = a, b = b)
num <- sapply(out, is.numeric)
out[num] <- lapply(out[num], function(v) sprintf("%.17g", v))
write.csv(out, stdout(), row.names = FALSE, quote = FALSE)
