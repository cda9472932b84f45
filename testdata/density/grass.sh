# Kernel values of GRASS 8.2.1: grass --tmp-location XY --exec sh grass.sh >grass.csv, in this folder.
v.in.ascii --q input=twelve_xy.csv output=p separator=comma skip=1 x=1 y=2 format=point
g.region n=600 s=0 e=600 w=0 res=50
for k in uniform triangular epanechnikov quartic triweight cosine; do
  v.kernel --q --o input=p output=k_$k radius=130 kernel=$k
  r.out.ascii --q input=k_$k output=- precision=17 | tail -n +7 | awk -v k=$k '{for(i=1;i<=NF;i++) print k","NR-1","i-1","$i}'
done
