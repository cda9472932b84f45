# Trains, trams and underground railways, along their tracks. No timetable is known: waiting and changing are not in it.
#
# Speeds are typical travel speeds in km/h between stops, stops included, where no limit is known: 60-80 on ordinary
# lines, about 30 underground, under 20 for trams in streets. They are judgement, not measurement: copy this file and
# change what you know better.
name = rail
vehicle = train
mode rail = 1

speed rail = 70
speed narrow_gauge = 35
speed light_rail = 35
speed subway = 32
speed tram = 18
speed monorail = 30
speed funicular = 10
default speed = 50          # lines of a GIS layer without a class
signposted = 0.65           # where a line speed is known; stops are in it
most speed = 250

factor usage=industrial = 4
factor usage=military = 8
factor service=yard = 4
factor service=siding = 2
factor service=spur = 4

border = 30 min
barrier = 0 min
