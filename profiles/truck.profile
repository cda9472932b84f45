# A lorry of 12 tonnes or more.
#
# Speeds are typical travel speeds in km/h where no limit is known. A loaded lorry is held to 80-90 km/h by its
# limiter and by law nearly everywhere, and loses more than a car at hills, bends and junctions. They are judgement,
# not measurement: copy this file and change what you know better.
name = truck
vehicle = truck
mode road = 1
mode ferry = 1
mode transfer = 1           # onto a ferry and off it

speed motorway = 80
speed motorway_link = 40
speed trunk = 70
speed trunk_link = 35
speed primary = 55
speed primary_link = 30
speed secondary = 45
speed secondary_link = 30
speed tertiary = 35
speed tertiary_link = 25
speed unclassified = 25
speed residential = 15
speed living_street = 6
speed service = 10
speed road = 20
speed track = 8
speed pedestrian = 5          # where some vehicles are let in
speed footway = 5
speed path = 5
speed bridleway = 5
speed cycleway = 6
speed ferry = 25
default speed = 25          # lines of a GIS layer without a class
signposted = 0.85           # where a limit is known; limits are signposted for cars
most speed = 85

# The way is slower on bad ground ...
factor surface=unpaved = 1.8
factor surface=compacted = 1.3
factor surface=fine_gravel = 1.4
factor surface=gravel = 1.7
factor surface=dirt = 2.2
factor surface=earth = 2.2
factor surface=ground = 2.2
factor surface=grass = 4
factor surface=sand = 4
factor surface=mud = 8
factor surface=cobblestone = 1.5
factor surface=sett = 1.2
factor smoothness=bad = 1.3
factor smoothness=very_bad = 2
factor smoothness=horrible = 4
factor smoothness=very_horrible = 8
factor smoothness=impassable = no
factor ford=* = 1.5
factor 4wd_only=yes = 3
# ... and little used where not everybody may go. Deliveries are a lorry's trade.
factor access=private = 5
factor access=customers = 2
factor access=destination = 1.5
factor access=delivery = 1.2
factor vehicle=private = 5
factor vehicle=destination = 1.5
factor motor_vehicle=private = 5
factor motor_vehicle=destination = 1.5
factor hgv=destination = 1.5
factor hgv=delivery = 1.2
factor toll=yes = 1.1

border = 60 min             # papers and freight are looked at
transfer = 5 min            # at each quay: no timetable is known, so this is little of the wait
barrier = 1 min
