# People on foot, over roads, paths and ferries.
#
# 4.8 km/h (1.33 m/s) is the usual walking speed of grown people on level ground; with children, luggage or over days
# it is nearer 4. Rough ground slows it. Roads with fast traffic are walked unwillingly: their factor says by how much.
name = walk
vehicle = foot
mode road = 1
mode walk = 1
mode ferry = 1
mode transfer = 1           # onto a ferry and off it

default speed = 4.8
speed ferry = 20
speed steps = 2.5
speed trunk = 4             # no pavement as a rule
speed path = 4.4
speed track = 4.6
speed via_ferrata = 0.5
speed motorway = no
speed motorway_link = no
signposted = no             # limits are meant for others
most speed = 60             # of the ferry

factor surface=sand = 1.5
factor surface=mud = 1.7
factor surface=grass = 1.1
factor surface=rock = 1.4
factor access=private = 5
factor access=customers = 1.5
factor foot=private = 5

border = 20 min
transfer = 5 min            # at each quay: no timetable is known, so this is little of the wait
barrier = 0.1 min
