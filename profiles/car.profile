# A car, as its driver would drive it.
#
# Speeds are typical travel speeds in km/h where no limit is known: somewhat below the usual limit of such a
# road outside towns in Europe, North Africa and West Asia, with its junctions and slow traffic in them. They are
# judgement, not measurement: copy this file and change what you know better.
name = car
vehicle = car
mode road = 1
mode ferry = 1
mode transfer = 1           # onto a ferry and off it

speed motorway = 110
speed motorway_link = 50
speed trunk = 85
speed trunk_link = 45
speed primary = 65
speed primary_link = 40
speed secondary = 55
speed secondary_link = 35
speed tertiary = 45
speed tertiary_link = 30
speed unclassified = 35
speed residential = 25
speed living_street = 8
speed service = 15
speed road = 30
speed track = 12
speed pedestrian = 6          # where some vehicles are let in
speed footway = 6
speed path = 6
speed bridleway = 6
speed cycleway = 10
speed ferry = 25
default speed = 30          # lines of a GIS layer without a class
signposted = 0.9            # where a limit is known, one drives at nine tenths of it on the whole
most speed = 130

# The way is slower on bad ground ...
factor surface=unpaved = 1.5
factor surface=compacted = 1.2
factor surface=fine_gravel = 1.3
factor surface=gravel = 1.5
factor surface=dirt = 1.8
factor surface=earth = 1.8
factor surface=ground = 1.8
factor surface=grass = 2
factor surface=sand = 2.5
factor surface=mud = 4
factor surface=cobblestone = 1.4
factor surface=sett = 1.2
factor smoothness=bad = 1.2
factor smoothness=very_bad = 1.6
factor smoothness=horrible = 3
factor smoothness=very_horrible = 5
factor smoothness=impassable = no
factor ford=* = 1.5
factor 4wd_only=yes = 1.5
# ... and little used where not everybody may go. Factors of several tags multiply.
factor access=private = 5
factor access=delivery = 3
factor access=customers = 2
factor access=destination = 1.5
factor vehicle=private = 5
factor vehicle=destination = 1.5
factor motor_vehicle=private = 5
factor motor_vehicle=destination = 1.5
factor toll=yes = 1.1

border = 20 min
transfer = 5 min            # at each quay: no timetable is known, so this is little of the wait
barrier = 0.5 min
