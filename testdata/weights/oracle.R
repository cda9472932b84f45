# Made the files in this folder: Rscript oracle.R FOLDER
# R 4.2.2, spdep 1.2-7, spData 2.2.1 (Debian 12); deldir for tri2nb.
suppressMessages({library(spdep); library(spData)})
dir <- commandArgs(TRUE)[1]
file <- function(name) file.path(dir, name)
digits <- function(x) format(x, digits = 17, trim = TRUE)
data(columbus, package = "spData")

# Columbus: 49 neighbourhoods, their centroids in digitiser units
ids <- as.character(columbus$POLYID)
write.csv(data.frame(id = ids, x = digits(coords[, 1]), y = digits(coords[, 2])), file("columbus_points.csv"),
          row.names = FALSE, quote = FALSE)
xy <- as.matrix(read.csv(file("columbus_points.csv"))[, 2:3])
nb <- col.gal.nb
attr(nb, "region.id") <- ids
write.nb.gal(nb, file("columbus.gal"), oldstyle = FALSE, shpfile = "columbus", ind = "POLYID")
write.nb.gal(nb, file("columbus_bare.gal"), oldstyle = TRUE)
nearest <- knn2nb(knearneigh(xy, k = 4), row.names = ids)
inverse <- lapply(nbdists(nearest, xy), function(d) 1 / d)
write.sn2gwt(listw2sn(nb2listw(nearest, glist = inverse, style = "B")), file("columbus_knn4_inverse.gwt"),
             shpfile = "columbus", ind = "POLYID", useInd = TRUE, legacy = FALSE)
rows <- listw2sn(nb2listw(nb, style = "W"))
write.csv(data.frame(from = ids[rows$from], to = ids[rows$to], weights = digits(rows$weights)),
          file("columbus_row.csv"), row.names = FALSE, quote = FALSE)
write.nb.gal(tri2nb(xy, row.names = ids), file("columbus_delaunay.gal"), oldstyle = FALSE, shpfile = "columbus",
             ind = "POLYID")

# The globe: 200 places, uniform on the sphere; neighbours within 2000 km. spdep's distances are an
# approximation on the ellipsoid, good to some 100 m: no pair here is that near to the limit.
set.seed(4)
world <- data.frame(id = 1:200, lon = round(runif(200, -180, 180), 4), lat = round(asin(runif(200, -1, 1)) * 180 / pi, 4))
write.csv(world, file("world_points.csv"), row.names = FALSE, quote = FALSE)
write.nb.gal(dnearneigh(as.matrix(world[, 2:3]), 0, 2000, longlat = TRUE), file("world_2000km.gal"), oldstyle = TRUE)

# What summary() must say
within <- dnearneigh(xy, 0, 0.5)
cat("within 0.5:", sum(card(within)), "links,", sum(card(within) == 0), "islands,", n.comp.nb(within)$nc,
    "components, most", max(card(within)), "\n")
cat("contiguity:", sum(card(nb)), "links, range", range(card(nb)), "share", 100 * sum(card(nb)) / 49^2, "%,",
    n.comp.nb(nb)$nc, "component\n")
