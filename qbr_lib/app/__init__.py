"""The goals' pages with their sliders, served to browsers of this machine by Voila."""
