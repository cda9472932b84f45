# A bus or minibus with passengers: roads for cars, and those for buses only.
#
# Speeds are typical travel speeds in km/h where no limit is known, with a stop now and then in them: a coach does
# 80-100 on motorways, a bus in town 15-20. They are judgement, not measurement: copy this file and change what you
# know better.
name = bus
vehicle = bus
mode road = 1
mode ferry = 1
mode transfer = 1           # onto a ferry and off it

speed motorway = 90
speed motorway_link = 40
speed trunk = 70
speed trunk_link = 35
speed primary = 50
speed primary_link = 30
speed secondary = 40
speed secondary_link = 30
speed tertiary = 32
speed tertiary_link = 25
speed unclassified = 25
speed residential = 15
speed living_street = 6
speed service = 10
speed busway = 25
speed bus_guideway = 30
speed road = 20
speed track = 8
speed pedestrian = 5          # where some vehicles are let in
speed footway = 5
speed path = 5
speed bridleway = 5
speed cycleway = 6
speed ferry = 25
default speed = 25          # lines of a GIS layer without a class
signposted = 0.75           # where a limit is known; stops are in it
most speed = 100

factor surface=unpaved = 1.7
factor surface=compacted = 1.3
factor surface=fine_gravel = 1.4
factor surface=gravel = 1.6
factor surface=dirt = 2
factor surface=earth = 2
factor surface=ground = 2
factor surface=grass = 3
factor surface=sand = 3
factor surface=mud = 6
factor surface=cobblestone = 1.4
factor surface=sett = 1.2
factor smoothness=bad = 1.3
factor smoothness=very_bad = 1.8
factor smoothness=horrible = 4
factor smoothness=very_horrible = 8
factor smoothness=impassable = no
factor ford=* = 1.5
factor 4wd_only=yes = 3
factor access=private = 5
factor access=delivery = 5
factor access=customers = 2
factor access=destination = 1.5
factor vehicle=private = 5
factor vehicle=destination = 1.5
factor motor_vehicle=private = 5
factor motor_vehicle=destination = 1.5

border = 45 min             # every passenger is looked at
transfer = 5 min            # at each quay: no timetable is known, so this is little of the wait
barrier = 1 min
